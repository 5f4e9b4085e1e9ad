/**
 * Names beside points, each at the first place around its point that is free, of eight near
 * it and eight a little further. Law: no
 * name covers another name or a point, or leaves the plot; one without a free place is left out
 * (it stands in the table).
 */
import type { Plot } from '../frame/index.ts';

export interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export interface WantedLabel {
  x: number;
  y: number;
  width: number;
  text: string;
  tone: number;
}

export interface PlacedLabel extends WantedLabel {
  left: number;
  baseline: number;
}

const HEIGHT = 14;
const GAPS = [11, 20];

export function placeLabels(
  wanted: readonly WantedLabel[],
  taken: readonly Box[],
  plot: Plot,
): PlacedLabel[] {
  const boxes = [...taken];
  const placed: PlacedLabel[] = [];
  for (const label of wanted) {
    const place = places(label).find((box) => isInside(box, plot) && !boxes.some(overlaps(box)));
    if (place === undefined) continue;
    boxes.push(place);
    placed.push({ ...label, left: place.left, baseline: place.bottom - 3 });
  }
  return placed;
}

function places(label: WantedLabel): Box[] {
  return GAPS.flatMap((gap) => placesAt(label, gap));
}

function placesAt({ x, y, width }: WantedLabel, gap: number): Box[] {
  const box = (left: number, top: number): Box => ({
    left,
    right: left + width,
    top,
    bottom: top + HEIGHT,
  });
  const middle = y - HEIGHT / 2;
  const [above, below] = [y - gap - HEIGHT, y + gap];
  const [right, left] = [x + gap, x - gap - width];
  return [
    box(right, middle),
    box(right - 4, above + 4),
    box(right - 4, below - 4),
    box(left, middle),
    box(left + 4, above + 4),
    box(left + 4, below - 4),
    box(x - width / 2, above),
    box(x - width / 2, below),
  ];
}

const overlaps = (a: Box) => (b: Box) =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

function isInside(box: Box, plot: Plot): boolean {
  return (
    box.left >= plot.left &&
    box.right <= plot.right &&
    box.top >= plot.top &&
    box.bottom <= plot.bottom
  );
}
