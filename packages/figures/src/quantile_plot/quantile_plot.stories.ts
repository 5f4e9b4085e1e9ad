/** The figure in its states. */
import { compareQuantity } from '@beamline/simulator';
import { expect, userEvent } from 'storybook/test';
import { PHONE_WIDTH, story } from '../../test/story.ts';
import './element.ts';
import { quantilePlot } from './model.ts';

export default { title: 'Figures/Recorded and simulated latency' };

const tag = 'bl-quantile-plot';
/** Latencies whose logarithm grows evenly, the simulated ones off by a share. */
const latencies = (least: number, greatest: number, off: number) =>
  Array.from({ length: 60 }, (_, i) => (1 + off) * least * (greatest / least) ** (i / 59));
const comparisonOf = (spread: number, off: number) => ({
  format: 'beamline' as const,
  from: 0,
  to: 60,
  quantities: [
    compareQuantity('ttftMs', latencies(80, 80 * spread, 0), latencies(80, 80 * spread, off)),
    compareQuantity('tpotMs', latencies(6, 6 * spread, 0), latencies(6, 6 * spread, -off / 2)),
    compareQuantity('e2eMs', latencies(900, 900 * spread, 0), latencies(900, 900 * spread, 0)),
  ],
});
const model = () => quantilePlot(comparisonOf(8, 0.2));

export const Default = story({ tag, model });
export const Empty = story({
  tag,
  model: () => quantilePlot({ format: 'beamline', from: 0, to: 0, quantities: [] }),
});
export const Loading = story({ tag, model: null });
export const Failed = story({ tag, model, properties: { error: 'the file is not a run' } });
export const Extreme = story({ tag, model: () => quantilePlot(comparisonOf(1e5, 4)) });
export const Japanese = story({ tag, model, language: 'ja' });
export const Dark = story({ tag, model, theme: 'dark' });
export const Phone = story({ tag, model, width: PHONE_WIDTH });

export const Keyboard = story({
  tag,
  model,
  play: async (element, root) => {
    const stops = root.querySelectorAll<SVGElement>('[data-group][tabindex="0"]');
    await expect(stops).toHaveLength(3);
    stops[0]!.focus();
    await userEvent.keyboard('{End}');
    await element.updateComplete;
    await expect(root.querySelector('.readout')!.textContent).toContain('p99');
  },
});
