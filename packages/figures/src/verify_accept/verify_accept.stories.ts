/** Verification stage by stage, in the figure's states. */
import { expect, userEvent } from 'storybook/test';
import { PHONE_WIDTH, story } from '../../test/story.ts';
import { loopInput } from '../beam_tree/step.ts';
import type { VerifyAcceptElement } from './element.ts';
import './element.ts';
import { verifyAcceptModel } from './model.ts';

export default { title: 'Figures/Verify and accept', component: 'bl-verify-accept' };

const tag = 'bl-verify-accept';
const model = () => verifyAcceptModel(loopInput('chat', { rule: 'exact', seed: 2 }));
const large = () =>
  verifyAcceptModel(loopInput('chat', { rule: 'redrafter', seed: 9, beams: 8, draftLength: 6 }));

export const Default = story({ tag, model });
export const Empty = story({ tag, model: () => verifyAcceptModel(loopInput('empty')) });
export const Loading = story({ tag, model: null });
export const Failed = story({ tag, model, properties: { error: 'the seed is no number' } });
export const Extreme = story({ tag, model: large });
export const Greedy = story({ tag, model: () => verifyAcceptModel(loopInput('worked-a')) });
export const PublishedRule = story({
  tag,
  model: () => verifyAcceptModel(loopInput('chat', { rule: 'redrafter', seed: 4 })),
});
export const FirstLevel = story({ tag, model, properties: { state: { stage: 1 } } });
export const Japanese = story({ tag, model, language: 'ja' });
export const Dark = story({ tag, model, theme: 'dark' });
export const Phone = story({ tag, model, width: PHONE_WIDTH });

export const Keyboard = story({
  tag,
  model,
  play: async (element, root) => {
    const figure = element as VerifyAcceptElement;
    const buttons = () => [...root.querySelectorAll<HTMLButtonElement>('.stepper button')];
    // To the start, and one level on.
    await userEvent.click(buttons()[0]!);
    await figure.updateComplete;
    await expect(figure.state!.stage).toBe(0);
    buttons().at(-2)!.focus();
    await userEvent.keyboard('{Enter}');
    await figure.updateComplete;
    await expect(figure.state!.stage).toBe(1);
    await expect(root.querySelectorAll('[data-key^="level:"]').length).toBe(1);
    // Another rule, another seed, the next step of the loop.
    const [rule] = root.querySelectorAll('select');
    await userEvent.selectOptions(rule!, 'redrafter');
    await figure.updateComplete;
    await expect(figure.model!.verified.rule).toBe('redrafter');
    const committed = figure.model!.step.committed.length;
    const emitted = figure.model!.verified.emitted.length;
    const next = [...root.querySelectorAll('button')].find(({ textContent }) =>
      textContent!.includes('Next step of the loop'),
    )!;
    await userEvent.click(next);
    await figure.updateComplete;
    await expect(figure.model!.step.committed.length).toBe(committed + emitted);
    figure.focusMark('token:0');
    await userEvent.keyboard('{ArrowRight}');
    await figure.updateComplete;
    await expect(root.querySelector('.readout')!.textContent).toContain('Row 1');
  },
});
