/** The blocks in their states; they are the scheduler's, in WebAssembly. */
import { expect, userEvent } from 'storybook/test';
import { schedulerInPage } from '../../test/scheduler-in-page.ts';
import { PHONE_WIDTH, story } from '../../test/story.ts';
import './element.ts';
import { type KvBlocks, type KvBlocksInput, kvBlocks } from './model.ts';
import type { KvPresetName } from './presets.ts';

export default { title: 'Figures/KV blocks' };

const tag = 'bl-kv-blocks';
const preset =
  (name: KvPresetName, size: number | null = null) =>
  async () =>
    kvBlocks({ preset: name, kvBlocks: size }, await schedulerInPage());
const model = preset('pauses');

export const Default = story({ tag, model });
export const Rewinds = story({ tag, model: preset('rewinds') });
export const Waits = story({ tag, model: preset('waits') });
export const Reuses = story({ tag, model: preset('reuses') });
/** A pool that is never full: nothing waits, nothing is paused. */
export const Empty = story({ tag, model: preset('pauses', 40) });
export const Loading = story({ tag, model: null });
export const Failed = story({ tag, model, properties: { error: 'the worker stopped' } });
export const Extreme = story({ tag, model: preset('pauses', 11) });
export const Japanese = story({ tag, model, language: 'ja' });
export const Dark = story({ tag, model: preset('reuses'), theme: 'dark' });
export const Phone = story({ tag, model, width: PHONE_WIDTH });

/** Along the steps by arrow keys, and to a larger pool. */
export const Keyboard = story({
  tag,
  model,
  play: async (element, root) => {
    const createScheduler = await schedulerInPage();
    element.addEventListener('bl-input', (event) => {
      const { input } = (event as CustomEvent<{ input: KvBlocksInput }>).detail;
      element.model = kvBlocks(input, createScheduler);
    });
    const { focusStep } = element.model as KvBlocks;
    const step = () => (element.state as { step: number }).step;
    element.focusMark(`step:${focusStep}`);
    await userEvent.keyboard('{ArrowRight}');
    await element.updateComplete;
    await expect(step()).toBe(focusStep + 1);
    await userEvent.keyboard('{End}');
    await element.updateComplete;
    await expect(step()).toBe((element.model as KvBlocks).steps.length - 1);
    const [, pool] = root.querySelectorAll<HTMLInputElement>('input[type=range]');
    pool!.value = '40';
    pool!.dispatchEvent(new InputEvent('input'));
    await element.updateComplete;
    await expect((element.model as KvBlocks).options.kvBlocks).toBe(40);
    await expect(root.querySelector('.title')!.textContent).not.toContain('paused');
  },
});
