/** Beams that merge into a tree, in the figure's states. */
import { expect, userEvent } from 'storybook/test';
import { PHONE_WIDTH, story } from '../../test/story.ts';
import type { BeamTreeElement } from './element.ts';
import './element.ts';
import { beamTreeModel } from './model.ts';
import { loopInput } from './step.ts';

export default { title: 'Figures/Beam tree', component: 'bl-beam-tree' };

const tag = 'bl-beam-tree';
const model = () => beamTreeModel(loopInput('code'));

export const Default = story({ tag, model });
export const Empty = story({ tag, model: () => beamTreeModel(loopInput('empty')) });
export const Loading = story({ tag, model: null });
export const Failed = story({ tag, model, properties: { error: 'the beams have no words' } });
export const Extreme = story({
  tag,
  model: () => beamTreeModel(loopInput('chat', { beams: 8, draftLength: 6 })),
});
export const WorkedExample = story({ tag, model: () => beamTreeModel(loopInput('worked-b')) });
export const AllTheSame = story({ tag, model: () => beamTreeModel(loopInput('all-same')) });
export const OwnBeams = story({
  tag,
  model: () => {
    const typed = 'once upon a time\nonce upon a hill\nonce more';
    return beamTreeModel(loopInput('code', { typed, beams: 8, draftLength: 6 }));
  },
});
export const Japanese = story({ tag, model, language: 'ja' });
export const Dark = story({ tag, model, theme: 'dark' });
export const Phone = story({ tag, model, width: PHONE_WIDTH });

export const Keyboard = story({
  tag,
  model,
  play: async (element, root) => {
    const figure = element as BeamTreeElement;
    const rows = figure.model!.rows;
    // One beam back, by the stepper.
    await userEvent.click(root.querySelectorAll<HTMLElement>('.stepper button')[1]!);
    await figure.updateComplete;
    await expect(figure.state!.merged).toBe(3);
    // A narrower beam, by its slider.
    const slider = root.querySelectorAll<HTMLInputElement>('.controls input[type=range]')[0]!;
    slider.value = '2';
    slider.dispatchEvent(new InputEvent('input', { bubbles: true }));
    await figure.updateComplete;
    await expect(figure.model!.rows).toBeLessThan(rows);
    // Along the tree by arrows, out by Escape.
    figure.focusMark('token:1');
    await userEvent.keyboard('{ArrowRight}');
    await figure.updateComplete;
    await expect(root.activeElement!.getAttribute('data-key')).toBe('token:2');
    await expect(root.querySelector('.readout')!.textContent).toContain('Row 2');
    await userEvent.keyboard('{Escape}');
    await expect(root.activeElement).toBe(null);
    // Beams typed by hand.
    const select = root.querySelector('select')!;
    await userEvent.selectOptions(select, 'own');
    await figure.updateComplete;
    const field = root.querySelector('textarea')!;
    field.value = 'a b c\na b d';
    await userEvent.click(root.querySelector<HTMLElement>('.own button')!);
    await figure.updateComplete;
    await expect(figure.model!.words.join(' ')).toBe('a b c d');
  },
});
