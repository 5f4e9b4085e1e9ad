/** Latencies against a service level in its states. */
import type { PartialScenario } from '@beamline/simulator';
import { expect, userEvent } from 'storybook/test';
import { someRun } from '../../../../test/support/runs.ts';
import { schedulerInPage } from '../../test/scheduler-in-page.ts';
import { PHONE_WIDTH, story } from '../../test/story.ts';
import './element.ts';
import { type LatencySloInput, latencySlo, latencySloOfRun } from './model.ts';

export default { title: 'Figures/Latency and service level', component: 'bl-latency-slo' };

const tag = 'bl-latency-slo';
const slo = 'ttft_p95 < 100ms and itl_p99 < 60ms';
const modelOf = (scenario: PartialScenario) => async () =>
  latencySlo({ scenario }, { createScheduler: await schedulerInPage(), openTrace: () => [] });
const model = modelOf({ slo, workload: { requests: 400, ratePerSecond: 10 } });

export const Default = story({ tag, model });
export const Empty = story({
  tag,
  model: modelOf({ workload: { requests: 1, ratePerSecond: 1e-6, durationSeconds: 1e-3 } }),
});
export const Loading = story({ tag, model: null });
export const Failed = story({
  tag,
  model,
  properties: { error: 'slo: at position 1, found "tft_p95"; a metric expected' },
});
/** A queue that grows without end, on a GPU that is too small. */
export const Extreme = story({
  tag,
  model: modelOf({
    slo: 'ttft_p99 < 1s and itl_mean < 30ms and e2e_p50 < 4s',
    hardware: { gpu: 'l4' },
    workload: { requests: 400, ratePerSecond: 40 },
  }),
});
export const WithoutDrafting = story({
  tag,
  model: modelOf({ speculation: { method: 'none' }, workload: { requests: 200 } }),
});
/** A run's file states four quantiles of each latency. */
export const OfAFile = story({ tag, model: () => latencySloOfRun(someRun({})) });
export const Japanese = story({ tag, model, language: 'ja' });
export const Dark = story({ tag, model, theme: 'dark' });
export const Phone = story({ tag, model, width: PHONE_WIDTH });

export const Interaction = story({
  tag,
  model,
  play: async (element, root) => {
    const ports = { createScheduler: await schedulerInPage(), openTrace: () => [] };
    const asked: LatencySloInput[] = [];
    element.addEventListener('bl-input', (event) => {
      const { input } = (event as CustomEvent<{ input: LatencySloInput }>).detail;
      asked.push(input);
      element.model = latencySlo(input, ports);
    });
    const field = root.querySelector<HTMLInputElement>('#slo')!;
    field.value = 'e2e_p95 < 5s';
    field.form!.requestSubmit();
    await element.updateComplete;
    await expect(asked.at(-1)!.scenario.slo).toBe('e2e_p95 < 5s');
    await expect(root.querySelector('[data-key="target:0"]')!.getAttribute('aria-label')).toContain(
      'e2e_p95 < 5s',
    );
    const [mark] = root.querySelectorAll<SVGElement>('[data-group="e2e:drafting"][tabindex="0"]');
    mark!.focus();
    await userEvent.keyboard('{End}');
    await element.updateComplete;
    await expect(root.querySelector('.readout')!.textContent).toContain('p99');
    await userEvent.keyboard('{Escape}');
    await expect(root.activeElement).toBe(null);
  },
});
