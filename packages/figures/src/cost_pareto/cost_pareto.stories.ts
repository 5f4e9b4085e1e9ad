/** Cost, energy and latency of set-ups in its states. */
import { expect, userEvent } from 'storybook/test';
import { schedulerInPage } from '../../test/scheduler-in-page.ts';
import { PHONE_WIDTH, story } from '../../test/story.ts';
import './element.ts';
import { type CostParetoInput, costPareto, costParetoOfRuns } from './model.ts';

export default { title: 'Figures/Cost, energy and latency', component: 'bl-cost-pareto' };

const tag = 'bl-cost-pareto';
const modelOf = (input: Partial<CostParetoInput>) => async () =>
  costPareto(input, { createScheduler: await schedulerInPage(), openTrace: () => [] });
const slo = 'ttft_p95 < 600ms and itl_mean < 8ms';
const workload = { kind: 'closed-loop', concurrency: 16, requests: 200 } as const;
const model = modelOf({ base: { slo, workload } });

export const Default = story({ tag, model });
export const Empty = story({ tag, model: () => costParetoOfRuns([]) });
export const Loading = story({ tag, model: null });
export const Failed = story({ tag, model, properties: { error: 'the worker stopped' } });
/** Every GPU, most of them overloaded, some too small for the model. */
export const Extreme = story({
  tag,
  model: modelOf({
    base: { model: 'llama-3.1-70b', slo, workload: { requests: 80, ratePerSecond: 6 } },
    over: [
      'hardware.gpu=h100-sxm,h200-sxm,b200-sxm,a100-sxm,mi300x,l40s,l4',
      'hardware.tensorParallel=2,4,8',
      'speculation.beams=0,4',
    ],
  }),
});
export const OneGpu = story({
  tag,
  model: modelOf({
    base: { workload },
    over: ['speculation.beams=0,1,4,8', 'speculation.schedule=fixed,adaptive'],
  }),
});
export const Japanese = story({ tag, model, language: 'ja' });
export const Dark = story({ tag, model, theme: 'dark' });
export const Phone = story({ tag, model, width: PHONE_WIDTH });

export const Interaction = story({
  tag,
  model,
  play: async (element, root) => {
    const title = () => root.querySelector('.title')!.textContent;
    await expect(title()).toContain('p95 time to first token');
    const [across] = root.querySelectorAll('select');
    await userEvent.selectOptions(across!, 'energy');
    await element.updateComplete;
    await expect(title()).toContain('energy per token');
    const [mark] = root.querySelectorAll<SVGElement>('[data-group^="gpu:"][tabindex="0"]');
    mark!.focus();
    await element.updateComplete;
    const before = root.querySelector('.readout')!.textContent;
    await userEvent.keyboard('{ArrowRight}');
    await element.updateComplete;
    await expect(root.querySelector('.readout')!.textContent).not.toBe(before);
    await userEvent.keyboard('{Escape}');
    await expect(root.activeElement).toBe(null);
  },
});
