/** The figure in its states. */
import { expect, userEvent } from 'storybook/test';
import { runAt } from '../../../../test/support/runs.ts';
import { PHONE_WIDTH, story } from '../../test/story.ts';
import './element.ts';
import { type ShapeOutcome, shapeHeatmap } from './model.ts';

export default { title: 'Figures/Beams and draft length' };

const tag = 'bl-shape-heatmap';
/** Best in the middle; the largest shapes do not fit. */
const outcome = (beams: number, draftLength: number): ShapeOutcome => {
  if (beams * draftLength > 40) return { reason: 'needs more memory than there is' };
  const speedup = 1 + 0.3 * draftLength - 0.012 * beams * draftLength * draftLength;
  return { run: runAt(8, speedup, { scenario: { speculation: { beams, draftLength } } }) };
};
const inputOf = (beams: readonly number[], draftLengths: readonly number[]) => ({
  beams,
  draftLengths,
  current: { beams: 4, draftLength: 4 },
  measure: 'itlMean' as const,
});
const small = inputOf([1, 2, 4, 8], [1, 2, 4, 8]);
const model = () => shapeHeatmap(small, outcome);
const large = inputOf([1, 2, 4, 8, 16, 32, 64], [1, 2, 3, 4, 6, 8, 12, 16]);

export const Default = story({ tag, model });
export const Empty = story({ tag, model: () => shapeHeatmap(small, () => null) });
export const Loading = story({ tag, model: null });
export const Failed = story({ tag, model, properties: { error: 'the worker stopped' } });
export const Extreme = story({ tag, model: () => shapeHeatmap(large, outcome) });
export const Japanese = story({ tag, model, language: 'ja' });
export const Dark = story({ tag, model, theme: 'dark' });
export const Phone = story({ tag, model, width: PHONE_WIDTH });

export const Keyboard = story({
  tag,
  model,
  play: async (element, root) => {
    const asked: unknown[] = [];
    element.addEventListener('bl-input', (event) => {
      asked.push((event as CustomEvent<{ input: unknown }>).detail.input);
    });
    root.querySelector<SVGElement>('[data-group][tabindex="0"]')!.focus();
    await userEvent.keyboard('{ArrowRight}{ArrowUp}{Enter}');
    await element.updateComplete;
    await expect(asked).toEqual([{ beams: 2, draftLength: 2 }]);
  },
});
