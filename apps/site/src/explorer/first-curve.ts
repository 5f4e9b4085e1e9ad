import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LoadSpeedup, loadSpeedup } from '@beamline/figures';
import { figureHtml, type Language } from '@beamline/figures/frame';
import { loadSpeedupPicture } from '@beamline/figures/load_speedup/view';
import { loadWasmScheduler } from '@beamline/scheduler';
import { type Run, simulate } from '@beamline/simulator';
import { projectRoot } from '../root.ts';
import { labelsOf } from './labels.ts';
import { alongAxis, quickOf } from './plan.ts';
import { initialState } from './state.ts';

/**
 * The curve that the page opens with, computed at build by the same code that the page runs: its
 * first look, with few requests, which the page replaces as soon as it has more.
 */
const WIDTH = 860;

export function firstCurve(language: Language): string {
  const model = firstModel(language);
  const options = { language, width: WIDTH, scope: 'first-curve', hasTitle: false };
  const picture = loadSpeedupPicture(model, { load: null }, options);
  return figureHtml(picture, { language });
}

function firstModel(language: Language): LoadSpeedup {
  const file = join(projectRoot(), 'packages', 'scheduler', 'dist', 'scheduler.wasm');
  const createScheduler = loadWasmScheduler(new WebAssembly.Module(readFileSync(file)));
  const state = initialState();
  const [label] = labelsOf(state.entries, language);
  const runs: Run[] = alongAxis(state, state.entries[0]!.scenario).map((scenario) =>
    simulate(quickOf(scenario), { createScheduler, openTrace: () => [] }),
  );
  return loadSpeedup(runs, 'itlMean', () => label!);
}
