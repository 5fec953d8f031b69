/**
 * Pairs as many left nodes as possible, each with a neighbour of its own (Kuhn's algorithm), and tells which are left over.
 *
 * @param neighbours for each left node, the right nodes that it may be paired with
 */
export function pairUp(neighbours: readonly (readonly number[])[]): { paired: number; leftOver: readonly number[] } {
  const partner = new Map<number, number>();
  const tryToPair = (left: number, seen: Set<number>): boolean => {
    for (const right of neighbours[left] ?? []) {
      if (seen.has(right)) continue;
      seen.add(right);
      const other = partner.get(right);
      if (other === undefined || tryToPair(other, seen)) {
        partner.set(right, left);
        return true;
      }
    }
    return false;
  };
  const leftOver = neighbours.flatMap((_nodes, left) => (tryToPair(left, new Set()) ? [] : [left]));
  return { paired: neighbours.length - leftOver.length, leftOver };
}
