/** Names and when each is due, the earliest first. */
export interface DueQueue {
  push(name: string, at: number): void;
  /** Takes out the first one, if it is due. */
  take(now: number): string | undefined;
  /** The earliest time. */
  next(): number | undefined;
}

interface Item {
  name: string;
  at: number;
}

/** A binary heap: thousands of conversations may wait at once while a platform is down. */
export function createDueQueue(): DueQueue {
  const heap: Item[] = [];
  const at = (index: number) => heap[index]?.at ?? Infinity;

  function swap(one: number, other: number): void {
    const [first, second] = [heap[one], heap[other]];
    if (first === undefined || second === undefined) return;
    heap[one] = second;
    heap[other] = first;
  }

  function sink(): void {
    for (let index = 0; ;) {
      const left = 2 * index + 1;
      const smaller = at(left + 1) < at(left) ? left + 1 : left;
      if (at(smaller) >= at(index)) return;
      swap(index, smaller);
      index = smaller;
    }
  }

  return {
    push(name, due) {
      let index = heap.push({ name, at: due }) - 1;
      while (index > 0) {
        const parent = (index - 1) >> 1;
        if (at(parent) <= at(index)) return;
        swap(index, parent);
        index = parent;
      }
    },
    take(now) {
      const first = heap[0];
      if (first === undefined || first.at > now) return undefined;
      swap(0, heap.length - 1);
      heap.pop();
      sink();
      return first.name;
    },
    next: () => heap[0]?.at,
  };
}
