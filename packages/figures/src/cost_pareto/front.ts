/**
 * Which of several points no other beats in both of two measures, lower being better in each (a
 * measure of which more is better comes in with its sign changed). Laws: a point of the front is
 * dominated by none; every other point is dominated by one of the front.
 *
 * Example: of (1, 3), (2, 2), (3, 3) the first two are the front; (3, 3) loses to both.
 */
export interface Pair {
  x: number;
  y: number;
}

/** Whether `a` is at least as good in both and better in one. */
export function dominates(a: Pair, b: Pair): boolean {
  return a.x <= b.x && a.y <= b.y && (a.x < b.x || a.y < b.y);
}

/** Places of the front's points, by x ascending. Equal points stand in it together. */
export function paretoFront(points: readonly Pair[]): number[] {
  const order = points
    .map((_, i) => i)
    .filter((i) => Number.isFinite(points[i]!.x) && Number.isFinite(points[i]!.y))
    .sort((a, b) => points[a]!.x - points[b]!.x || points[a]!.y - points[b]!.y);
  const front: number[] = [];
  for (const i of order) {
    const last = front.length === 0 ? null : points[front.at(-1)!]!;
    const { x, y } = points[i]!;
    if (last === null || y < last.y || (y === last.y && x === last.x)) front.push(i);
  }
  return front;
}
