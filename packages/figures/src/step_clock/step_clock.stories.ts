/** The step on the clock in its states. */
import { expect, userEvent } from 'storybook/test';
import { PHONE_WIDTH, story } from '../../test/story.ts';
import './element.ts';
import { type StepClock, type StepClockInput, stepClock } from './model.ts';

export default { title: 'Figures/Step clock' };

const tag = 'bl-step-clock';
const model = () => stepClock();
const extreme = () => stepClock({ batch: 256, beams: 16, draftLength: 8, contextTokens: 128 });
const sharded = () => stepClock({ model: 'llama-3.1-70b', batch: 16, contextTokens: 8000 });
const refused = { error: 'No number of l4 up to 32 holds this model.' };

export const Default = story({ tag, model });
/** As little drafting as there is: one beam of one token. */
export const Empty = story({ tag, model: () => stepClock({ beams: 1, draftLength: 1 }) });
export const Loading = story({ tag, model: null });
export const Failed = story({ tag, model, properties: refused });
export const Extreme = story({ tag, model: extreme });
export const SeveralGpus = story({ tag, model: sharded });
export const Japanese = story({ tag, model, language: 'ja' });
export const Dark = story({ tag, model: extreme, theme: 'dark' });
export const Phone = story({ tag, model, width: PHONE_WIDTH });
export const PhoneJapanese = story({ tag, model: extreme, width: PHONE_WIDTH, language: 'ja' });

/** A larger batch by its slider, then along the parts of the step by arrow keys. */
export const Keyboard = story({
  tag,
  model,
  play: async (element, root) => {
    element.addEventListener('bl-input', (event) => {
      const { input } = (event as CustomEvent<{ input: StepClockInput }>).detail;
      element.model = stepClock(input);
    });
    const before = (element.model as StepClock).drafted.rows;
    const slider = root.querySelector<HTMLInputElement>('input[type=range]')!;
    slider.value = slider.max;
    slider.dispatchEvent(new InputEvent('input'));
    await element.updateComplete;
    await expect((element.model as StepClock).drafted.rows).toBeGreaterThan(before);
    await expect(root.querySelector('input')!.getAttribute('aria-valuetext')).toContain('256');
    element.focusMark('part:drafted:products');
    await userEvent.keyboard('{ArrowRight}');
    await element.updateComplete;
    await expect(root.activeElement?.getAttribute('data-key')).toBe('part:drafted:attention');
    await expect(root.querySelector('.readout')!.textContent).toContain('attention');
    await userEvent.keyboard('{Escape}');
    await expect(root.activeElement).toBe(null);
  },
});
