/**
 * Runs many pieces of work with at most `jobs` at once, and gives the results in the order of the
 * work, whatever order they finish in (law: same bytes on any number of workers).
 */
export async function inOrder<T, R>(
  items: readonly T[],
  jobs: number,
  work: (item: T, index: number) => Promise<R>,
  shouldStop: () => boolean = () => false,
): Promise<(R | null)[]> {
  const results: (R | null)[] = new Array<R | null>(items.length).fill(null);
  let next = 0;
  let hasFailed = false;
  const worker = async () => {
    while (next < items.length && !hasFailed && !shouldStop()) {
      const index = next++;
      try {
        results[index] = await work(items[index]!, index);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }
  };
  const count = Math.max(1, Math.min(jobs, items.length));
  // Every worker is waited for, so that nothing still runs when the first error is thrown.
  const ends = await Promise.allSettled(Array.from({ length: count }, worker));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return results;
}
