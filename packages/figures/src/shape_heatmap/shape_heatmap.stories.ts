/** Beams × draft length in its states. */
import { parseScenario, type Scenario, setValue, simulate } from '@beamline/simulator';
import { expect, userEvent } from 'storybook/test';
import { schedulerInPage } from '../../test/scheduler-in-page.ts';
import { PHONE_WIDTH, story } from '../../test/story.ts';
import './element.ts';
import { type ShapeOutcome, shapeHeatmap } from './model.ts';

export default { title: 'Figures/Draft shape', component: 'bl-shape-heatmap' };

const tag = 'bl-shape-heatmap';
const input = {
  beams: [1, 2, 4, 8],
  draftLengths: [1, 2, 3, 4, 6],
  current: { beams: 4, draftLength: 4 },
  measure: 'itlMean',
} as const;

function scenarioOf(ratePerSecond: number, beams: number, draftLength: number): Scenario {
  const base = { workload: { ratePerSecond, requests: 80 } };
  const wide = setValue(base, 'speculation.beams', beams);
  return parseScenario(setValue(wide, 'speculation.draftLength', draftLength), 'story');
}

const modelAt = (ratePerSecond: number) => async () => {
  const ports = { createScheduler: await schedulerInPage(), openTrace: () => [] };
  return shapeHeatmap(input, (beams, draftLength): ShapeOutcome => {
    const scenario = scenarioOf(ratePerSecond, beams, draftLength);
    return { run: simulate(scenario, ports) };
  });
};
const model = modelAt(8);

export const Default = story({ tag, model });
export const Empty = story({ tag, model: () => shapeHeatmap(input, () => null) });
export const Loading = story({ tag, model: null });
export const Failed = story({ tag, model, properties: { error: 'the worker stopped' } });
/** Past every limit: most shapes cost more than they give, and the queue grows. */
export const Extreme = story({ tag, model: modelAt(40) });
export const Japanese = story({ tag, model, language: 'ja' });
export const Dark = story({ tag, model: modelAt(24), theme: 'dark' });
export const Phone = story({ tag, model, width: PHONE_WIDTH });

export const Keyboard = story({
  tag,
  model,
  play: async (element, root) => {
    let chosen: unknown = null;
    element.addEventListener('bl-input', (event) => {
      chosen = (event as CustomEvent<{ input: unknown }>).detail.input;
    });
    const [cell] = root.querySelectorAll<SVGElement>('[data-group="cells"][tabindex="0"]');
    cell!.focus();
    await userEvent.keyboard('{ArrowUp}{ArrowRight}');
    await element.updateComplete;
    await expect(root.querySelector('.readout')!.textContent).toContain('2 beams × 2 tokens');
    await userEvent.keyboard('{Enter}');
    await expect(chosen).toEqual({ beams: 2, draftLength: 2 });
  },
});
