/** Acceptance by text and depth in its states. */
import { expect, userEvent } from 'storybook/test';
import { PHONE_WIDTH, story } from '../../test/story.ts';
import './element.ts';
import { type AcceptanceDepthInput, acceptanceDepth } from './model.ts';

export default { title: 'Figures/Acceptance by depth', component: 'bl-acceptance-depth' };

const tag = 'bl-acceptance-depth';
const model = () => acceptanceDepth();
const extreme = () =>
  acceptanceDepth({
    method: 'mtp',
    beams: 8,
    draftLength: 12,
    profiles: ['chat', 'code', 'summarise', 'maths', 'mtp-chat', 'small-lm1-prose'],
    edits: { chat: { odds: 4 }, maths: { conditional: [1, 1, 1, 0.01] } },
  });

export const Default = story({ tag, model });
/** Without drafting nothing is accepted. */
export const Empty = story({ tag, model: () => acceptanceDepth({ method: 'none' }) });
export const Loading = story({ tag, model: null });
export const Failed = story({
  tag,
  model,
  properties: { error: 'Unknown acceptance profile "cod". Did you mean "code"?' },
});
export const Extreme = story({ tag, model: extreme });
export const Changed = story({
  tag,
  model: () => acceptanceDepth({ edits: { code: { conditional: [0.95, 0.9, 0.85, 0.8] } } }),
});
export const Japanese = story({ tag, model, language: 'ja' });
export const Dark = story({ tag, model, theme: 'dark' });
export const Phone = story({ tag, model, width: PHONE_WIDTH });
export const Embedded = story({ tag, model, properties: { embed: true } });

export const Interaction = story({
  tag,
  model,
  play: async (element, root) => {
    // The page's part: it computes what is asked for.
    const asked: AcceptanceDepthInput[] = [];
    element.addEventListener('bl-input', (event) => {
      const { input } = (event as CustomEvent<{ input: AcceptanceDepthInput }>).detail;
      asked.push(input);
      element.model = acceptanceDepth(input);
    });
    const title = () => root.querySelector('.title')!.textContent;
    const before = title();
    const beams = root.querySelector<HTMLInputElement>('input[type=range]')!;
    beams.value = '8';
    beams.dispatchEvent(new InputEvent('input'));
    await element.updateComplete;
    await expect(asked.at(-1)!.beams).toBe(8);
    await expect(title()).not.toBe(before);

    const [first] = root.querySelectorAll<SVGElement>('[data-group="text:chat"][tabindex="0"]');
    first!.focus();
    await userEvent.keyboard('{ArrowRight}');
    await element.updateComplete;
    await expect(root.querySelector('.readout')!.textContent).toContain('chat, depth 2');
    await userEvent.keyboard('{Escape}');
    await expect(root.activeElement).toBe(null);

    const bar = root.querySelector<SVGElement>('[data-key="text:maths"]')!;
    await userEvent.click(bar);
    await element.updateComplete;
    await expect(element.state).toEqual({ selected: 'maths' });
  },
});
