/** Marks of steps: their keys, and where a key press on one leads. */

export const stepKey = (step: number) => `step:${step}`;

/** The step of a key, or null for the key of something else. */
export function stepOfKey(key: string): number | null {
  const match = /^step:(\d+)$/.exec(key);
  return match === null ? null : Number(match[1]);
}

/** The step that a press leads to, also beyond those drawn; null where it means nothing. */
export function stepAfter(press: string, step: number, count: number): number | null {
  const last = count - 1;
  switch (press) {
    case 'ArrowRight':
    case 'ArrowDown':
      return Math.min(last, step + 1);
    case 'ArrowLeft':
    case 'ArrowUp':
      return Math.max(0, step - 1);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return null;
  }
}
