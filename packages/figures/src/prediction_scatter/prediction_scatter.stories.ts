/** The figure in its states. */
import type { EvidencePoint } from '@beamline/simulator';
import { expect, userEvent } from 'storybook/test';
import { PHONE_WIDTH, story } from '../../test/story.ts';
import './element.ts';
import { predictionScatter } from './model.ts';

export default { title: 'Figures/Predicted and measured' };

const tag = 'bl-prediction-scatter';
const point = (quantity: string, i: number, ratio: number): EvidencePoint => ({
  quantity,
  gpu: 'h100-sxm',
  model: 'llama-3.1-8b',
  engine: 'tensorrt-llm',
  part: 'held out',
  cell: `batch ${2 ** i}`,
  measured: 4 * 3 ** i,
  predicted: 4 * 3 ** i * ratio,
  scenario: null,
});
const RATIOS = [0.95, 1.04, 1.2, 0.82, 1.01, 1.09];
const pointsOf = (quantities: number) =>
  Array.from({ length: quantities }, (_, q) =>
    RATIOS.map((ratio, i) => point(`quantity ${q + 1}, ms`, i, ratio ** (q + 1))),
  ).flat();
const model = () => predictionScatter(pointsOf(2));

export const Default = story({ tag, model });
export const Empty = story({ tag, model: () => predictionScatter([]) });
export const Loading = story({ tag, model: null });
export const Failed = story({ tag, model, properties: { error: 'no measurement was read' } });
export const Extreme = story({ tag, model: () => predictionScatter(pointsOf(12)) });
export const Japanese = story({ tag, model, language: 'ja' });
export const Dark = story({ tag, model, theme: 'dark' });
export const Phone = story({ tag, model, width: PHONE_WIDTH });

export const Keyboard = story({
  tag,
  model,
  play: async (element, root) => {
    root.querySelector<SVGElement>('[data-group][tabindex="0"]')!.focus();
    await userEvent.keyboard('{ArrowDown}');
    await element.updateComplete;
    await expect(root.querySelector('.readout')!.textContent).toContain('batch 2');
    await expect(root.querySelectorAll('.lit')).toHaveLength(1);
  },
});
