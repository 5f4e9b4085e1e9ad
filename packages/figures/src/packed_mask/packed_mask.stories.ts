/** The packed row and its mask, in the figure's states. */
import { expect, userEvent } from 'storybook/test';
import { PHONE_WIDTH, story } from '../../test/story.ts';
import { loopInput } from '../beam_tree/step.ts';
import type { PackedMaskElement } from './element.ts';
import './element.ts';
import { packedMaskModel } from './model.ts';

export default { title: 'Figures/Packed mask', component: 'bl-packed-mask' };

const tag = 'bl-packed-mask';
const model = () => packedMaskModel(loopInput('chat'));
const large = () => packedMaskModel(loopInput('chat', { beams: 8, draftLength: 6 }));

export const Default = story({ tag, model });
export const Empty = story({ tag, model: () => packedMaskModel(loopInput('empty')) });
export const Loading = story({ tag, model: null });
export const Failed = story({ tag, model, properties: { error: 'the tree has no rows' } });
export const Extreme = story({ tag, model: large, properties: { state: { isNaive: true } } });
export const WorkedExample = story({ tag, model: () => packedMaskModel(loopInput('worked-a')) });
export const Linked = story({ tag, model, properties: { highlight: 'token:8' } });
export const Japanese = story({ tag, model, language: 'ja' });
export const Dark = story({ tag, model, theme: 'dark' });
export const Phone = story({ tag, model, width: PHONE_WIDTH });

export const Keyboard = story({
  tag,
  model,
  play: async (element, root) => {
    const figure = element as PackedMaskElement;
    const told: (string | null)[] = [];
    figure.addEventListener('bl-highlight', (event) => {
      told.push((event as CustomEvent<{ key: string | null }>).detail.key);
    });
    // A row of the mask lights its box and its column, and the page hears of the token.
    figure.focusMark('mask:6');
    await userEvent.keyboard('{ArrowDown}');
    await figure.updateComplete;
    await expect(root.activeElement!.getAttribute('data-key')).toBe('mask:7');
    await expect(told.at(-1)).toBe('token:7');
    await expect(root.querySelectorAll('svg .lit').length).toBe(3);
    await userEvent.keyboard('{Escape}');
    await figure.updateComplete;
    await expect(root.querySelectorAll('svg .lit').length).toBe(0);
    // Without merging there are more rows.
    await userEvent.click(root.querySelector<HTMLElement>('button[aria-pressed=false]')!);
    await figure.updateComplete;
    const { naive } = figure.model!;
    await expect(root.querySelectorAll('[data-group=mask]').length).toBe(naive.rows);
  },
});
