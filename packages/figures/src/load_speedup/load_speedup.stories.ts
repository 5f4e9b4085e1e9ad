/** The figure in its states. */
import { expect, userEvent } from 'storybook/test';
import { runAt } from '../../../../test/support/runs.ts';
import { PHONE_WIDTH, story } from '../../test/story.ts';
import './element.ts';
import { loadSpeedup } from './model.ts';

export default { title: 'Figures/Load and speedup' };

const tag = 'bl-load-speedup';
const curve = (beams: number, speedups: readonly number[]) =>
  speedups.map((speedup, i) => runAt(4 ** i, speedup, { scenario: { speculation: { beams } } }));
const model = () =>
  loadSpeedup([...curve(2, [1.6, 1.5, 1.2, 0.95]), ...curve(6, [2.1, 1.7, 1, 0.6])]);
const extreme = () =>
  loadSpeedup([1, 2, 3, 4, 5, 6, 7, 8].flatMap((n) => curve(n, [n, 1 / n, n / 2, 0.01])));

export const Default = story({ tag, model });
export const Empty = story({ tag, model: () => loadSpeedup([]) });
export const Loading = story({ tag, model: null });
export const Failed = story({ tag, model, properties: { error: 'the worker stopped' } });
export const Extreme = story({ tag, model: extreme });
export const Japanese = story({ tag, model, language: 'ja' });
export const Dark = story({ tag, model, theme: 'dark' });
export const Phone = story({ tag, model, width: PHONE_WIDTH });
export const Presets = story({
  tag,
  model,
  properties: { presets: [{ name: 'moe', label: 'Mixture of experts' }] },
});

export const Keyboard = story({
  tag,
  model,
  play: async (element, root) => {
    const slider = root.querySelector<HTMLInputElement>('input[type=range]')!;
    const before = slider.getAttribute('aria-valuetext');
    slider.focus();
    slider.value = '150';
    slider.dispatchEvent(new InputEvent('input'));
    await element.updateComplete;
    await expect(slider.getAttribute('aria-valuetext')).not.toBe(before);
    await expect(root.querySelector('.your-load')!.textContent).toContain('22.6 requests/s');
    const [first] = root.querySelectorAll<SVGElement>('[data-group][tabindex="0"]');
    first!.focus();
    await userEvent.keyboard('{ArrowRight}');
    await element.updateComplete;
    await expect(root.querySelector('.readout')!.textContent).toContain('4 requests/s');
    await userEvent.keyboard('{Escape}');
    await expect(root.activeElement).toBe(null);
  },
});
