/**
 * Columns of steps that a picture is wide enough for: all of them, or a window around the selected
 * one. Law: the selected step is always among them.
 */
export interface StepColumns {
  first: number;
  /** One past the last. */
  end: number;
  width: number;
  /** Left edge of a step's column. */
  x: (step: number) => number;
}

export function stepColumns(
  count: number,
  selected: number,
  left: number,
  right: number,
  size: { least: number; most: number },
): StepColumns {
  const room = right - left;
  const visible = Math.max(1, Math.min(count, Math.floor(room / size.least)));
  const width = Math.min(size.most, room / visible);
  const first = Math.min(
    Math.max(0, selected - Math.floor(visible / 2)),
    Math.max(0, count - visible),
  );
  return { first, end: first + visible, width, x: (step) => left + (step - first) * width };
}
