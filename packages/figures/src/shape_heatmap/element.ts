/**
 * `<bl-shape-heatmap>`: the grid of shapes. A cell that is chosen, by click or by Enter, asks the
 * page for that shape; the arrows move in both directions of the grid.
 */
import { define, FigureElement } from '../frame/figure-element.ts';
import type { Picture, ViewOptions } from '../frame/index.ts';
import type { ShapeHeatmap } from './model.ts';
import { cellKey, shapeHeatmapPicture } from './view.ts';

export interface ShapeChoice {
  beams: number;
  draftLength: number;
}

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowRight: [1, 0],
  ArrowLeft: [-1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

export class ShapeHeatmapElement extends FigureElement<ShapeHeatmap, null> {
  static override figureName = 'shape-heatmap';

  override initialState(): null {
    return null;
  }

  override picture(model: ShapeHeatmap, _state: null, options: ViewOptions): Picture {
    return shapeHeatmapPicture(model, options);
  }

  override onMark(key: string): void {
    const cell = this.model?.cells.find((one) => cellKey(one) === key);
    if (cell === undefined) return;
    const choice: ShapeChoice = { beams: cell.beams, draftLength: cell.draftLength };
    this.requestModel(choice);
  }

  override onKey(event: KeyboardEvent, key: string): boolean {
    const step = STEPS[event.key];
    const { model } = this;
    if (step === undefined || model === null) return false;
    const columns = model.draftLengths.length;
    const at = model.cells.findIndex((cell) => cellKey(cell) === key);
    const column = (at % columns) + step[0];
    const row = Math.floor(at / columns) + step[1];
    const isInside = column >= 0 && column < columns && row >= 0 && row < model.beams.length;
    if (isInside) this.focusMark(cellKey(model.cells[row * columns + column]!));
    return true;
  }
}

define('bl-shape-heatmap', ShapeHeatmapElement);
