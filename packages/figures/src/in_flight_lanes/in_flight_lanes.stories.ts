/** The lanes in their states; the plans are the scheduler's, in WebAssembly. */
import { expect, userEvent } from 'storybook/test';
import { schedulerInPage } from '../../test/scheduler-in-page.ts';
import { PHONE_WIDTH, story } from '../../test/story.ts';
import './element.ts';
import { type InFlightLanes, type InFlightLanesInput, inFlightLanes } from './model.ts';
import { type PresetName, REQUESTS_MAX } from './presets.ts';

export default { title: 'Figures/In-flight lanes' };

const tag = 'bl-in-flight-lanes';
const preset =
  (name: PresetName, requests: number | null = null) =>
  async () =>
    inFlightLanes({ preset: name, requests }, await schedulerInPage());
const model = preset('mixed');

export const Default = story({ tag, model });
export const AllContext = story({ tag, model: preset('all-context') });
export const AllGeneration = story({ tag, model: preset('all-generation') });
export const Empty = story({ tag, model: preset('empty-context') });
export const EmptyGeneration = story({ tag, model: preset('empty-generation') });
export const Chunked = story({ tag, model: preset('chunked') });
export const Paused = story({ tag, model: preset('paused') });
export const Loading = story({ tag, model: null });
export const Failed = story({ tag, model, properties: { error: 'the worker stopped' } });
export const Extreme = story({ tag, model: preset('all-generation', REQUESTS_MAX) });
export const Japanese = story({ tag, model, language: 'ja' });
export const Dark = story({ tag, model: preset('chunked'), theme: 'dark' });
export const Phone = story({ tag, model: preset('paused'), width: PHONE_WIDTH });

/** Along the steps by arrow keys, by stepper, and to another number of requests. */
export const Keyboard = story({
  tag,
  model,
  play: async (element, root) => {
    const createScheduler = await schedulerInPage();
    element.addEventListener('bl-input', (event) => {
      const { input } = (event as CustomEvent<{ input: InFlightLanesInput }>).detail;
      element.model = inFlightLanes(input, createScheduler);
    });
    const { focusStep } = element.model as InFlightLanes;
    const step = () => (element.state as { step: number }).step;
    element.focusMark(`step:${focusStep}`);
    await userEvent.keyboard('{ArrowRight}');
    await element.updateComplete;
    await expect(step()).toBe(focusStep + 1);
    await userEvent.keyboard('{Home}');
    await element.updateComplete;
    await expect(step()).toBe(0);
    await expect(root.querySelector('.title')!.textContent).toContain('empty');
    const [, requests] = root.querySelectorAll<HTMLInputElement>('input[type=range]');
    requests!.value = '2';
    requests!.dispatchEvent(new InputEvent('input'));
    await element.updateComplete;
    await expect((element.model as InFlightLanes).lanes).toHaveLength(2);
  },
});
