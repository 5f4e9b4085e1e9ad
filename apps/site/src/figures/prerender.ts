/**
 * A figure in Node, at build: its model for an input and its first picture as static HTML, which is
 * what a page shows before, or without, any script.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { figureHtml, type Language, type Picture } from '@beamline/figures/frame';
import { loadWasmScheduler } from '@beamline/scheduler';
import { projectRoot } from '../root.ts';
import { modelFor } from './models.ts';
import { addressName, tagOf } from './names.ts';

interface Drawing {
  initialState(model: unknown): unknown;
  picture(model: unknown, state: unknown, options: object): Picture;
}

const elements = import.meta.glob<Record<string, unknown>>(
  '../../../../packages/figures/src/*/element.ts',
);

let factory: ReturnType<typeof loadWasmScheduler> | null = null;

function createScheduler(): ReturnType<typeof loadWasmScheduler> {
  if (factory === null) {
    const file = join(projectRoot(), 'packages', 'scheduler', 'dist', 'scheduler.wasm');
    factory = loadWasmScheduler(new WebAssembly.Module(readFileSync(file)));
  }
  return factory;
}

/** Models do not depend on the language, and a page's twin asks for the same. */
const models = new Map<string, unknown>();

function modelOnce(figure: string, input: unknown): unknown {
  const key = JSON.stringify([figure, input]);
  if (!models.has(key)) {
    models.set(key, modelFor(figure, input, { createScheduler: createScheduler() }));
  }
  return models.get(key);
}

/** The figure's element, which Lit lets run in Node as long as it is in no document. */
async function drawingOf(figure: string): Promise<Drawing> {
  const load = elements[`../../../../packages/figures/src/${figure}/element.ts`];
  if (load === undefined) throw new Error(`There is no figure "${figure}"`);
  await load();
  const Element = customElements.get(tagOf(figure));
  if (Element === undefined) throw new Error(`${figure}/element.ts does not define its tag`);
  return new Element() as unknown as Drawing;
}

export interface Prerendered {
  tag: string;
  name: string;
  html: string;
  model: unknown;
}

/** Width of the picture before a script measures the page: that of the text. */
const WIDTH = 720;

export async function prerender(
  figure: string,
  input: unknown,
  language: Language,
  scope: string,
): Promise<Prerendered> {
  const drawing = await drawingOf(figure);
  const model = modelOnce(figure, input);
  const state = drawing.initialState(model);
  const options = { language, width: WIDTH, scope, hasTitle: false };
  const picture = drawing.picture(model, state, options);
  const html = figureHtml(picture, { language });
  return { tag: tagOf(figure), name: addressName(figure), html, model };
}
