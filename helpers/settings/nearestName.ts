/** How many letters have to be put in, taken out or exchanged to get from one text to the other (Levenshtein). */
export function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, letter] of Array.from(from).entries()) {
    const next = [i + 1];
    for (let j = 0; j < to.length; j++) {
      const exchanged = (row[j] ?? 0) + (letter === to[j] ? 0 : 1);
      next.push(Math.min(exchanged, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? from.length;
}

/**
 * The known name that was probably meant, or undefined when none is near. Case, underscores and other signs do not count:
 * `FACEBOOK_PAGE_TOKEN` is `FacebookPageToken`.
 */
export function nearestName<Name extends string>(written: string, known: readonly Name[]): Name | undefined {
  // Nobody misspells a name to such a length, and the distance costs time by the product of both lengths.
  if (written.length > 100) return undefined;
  const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');
  let nearest: { name: Name; distance: number } | undefined;
  for (const name of known) {
    const distance = editDistance(plain(written), plain(name));
    const near = distance <= Math.ceil(plain(name).length / 3);
    if (near && (nearest === undefined || distance < nearest.distance)) nearest = { name, distance };
  }
  return nearest?.name;
}
