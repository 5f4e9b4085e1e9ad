/**
 * Load against speedup, simulated: a few named settings, each a list of scenarios over the same
 * loads. The traffic is synthetic, with the published quantiles of real traces.
 */
import { defaultMeasure, loadSpeedup } from '@beamline/figures/load_speedup/model';
import { workloadCatalogue } from '@beamline/fixtures';
import type { SchedulerFactory } from '@beamline/scheduler';
import { type PartialScenario, parseScenario, type Run, simulate } from '@beamline/simulator';

export interface LoadInput {
  preset?: string;
}

/** What is shown where a page asks for nothing else. */
export const LOAD_PRESET = 'traffic';

interface Series {
  label: string;
  scenario: PartialScenario;
}

interface Preset {
  en: string;
  ja: string;
  /** Field of the workload that the loads are set on. */
  axis: 'ratePerSecond' | 'concurrency';
  loads: readonly number[];
  series: readonly Series[];
}

const REQUESTS = 400;

function traffic(
  label: string,
  workload: string,
  acceptance: string,
  schedule: 'fixed' | 'adaptive' | 'confidence',
): Series {
  const { inputTokens, outputTokens } = workloadCatalogue[workload]!;
  return {
    label,
    scenario: {
      serving: { maxBatchSize: 256 },
      speculation: { acceptance, schedule },
      workload: { requests: REQUESTS, inputTokens, outputTokens },
    },
  };
}

function closed(label: string, model: string, tensorParallel: number): Series {
  return {
    label,
    scenario: {
      model,
      hardware: { gpu: 'h100-sxm', tensorParallel },
      serving: { maxBatchSize: 256 },
      workload: { kind: 'closed-loop', requests: REQUESTS },
    },
  };
}

export const loadPresets: Record<string, Preset> = {
  traffic: {
    en: 'Chat and code on one H100',
    ja: 'チャットとコード（H100 1 台）',
    axis: 'ratePerSecond',
    loads: [1, 2, 4, 8, 12, 16, 20, 24, 32],
    series: [
      traffic('chat 4×4', 'azure-chat', 'chat', 'fixed'),
      traffic('chat adaptive', 'azure-chat', 'chat', 'adaptive'),
      traffic('code 4×4', 'azure-code', 'code', 'fixed'),
    ],
  },
  schedules: {
    en: 'Chat on one H100, by schedule',
    ja: 'チャット、スケジュール別（H100 1 台）',
    axis: 'ratePerSecond',
    loads: [1, 2, 4, 8, 12, 16, 20, 24, 32],
    series: [
      traffic('fixed 4×4', 'azure-chat', 'chat', 'fixed'),
      traffic('adaptive', 'azure-chat', 'chat', 'adaptive'),
      traffic('confidence', 'azure-chat', 'chat', 'confidence'),
    ],
  },
  experts: {
    en: 'A dense model and a mixture of experts',
    ja: '密なモデルと専門家混合（MoE）モデル',
    axis: 'concurrency',
    loads: [1, 2, 4, 8, 16, 32, 64, 128],
    series: [closed('qwen3-32b', 'qwen3-32b', 2), closed('qwen3-30b-a3b', 'qwen3-30b-a3b', 2)],
  },
};

export interface LoadPorts {
  createScheduler: SchedulerFactory;
  onProgress?: (done: number, total: number) => void;
}

function openTrace(): never {
  throw new Error('these settings replay no trace');
}

export function loadModel({ preset = LOAD_PRESET }: LoadInput, ports: LoadPorts): unknown {
  const chosen = loadPresets[preset];
  if (chosen === undefined) throw new Error(`There is no setting "${preset}"`);
  const { createScheduler, onProgress } = ports;
  const total = chosen.series.length * chosen.loads.length;
  const labels = new Map<Run, string>();
  for (const { label, scenario } of chosen.series) {
    for (const load of chosen.loads) {
      const workload = { ...scenario.workload, [chosen.axis]: load };
      const parsed = parseScenario({ ...scenario, workload }, `${preset}, ${label}`);
      labels.set(simulate(parsed, { createScheduler, openTrace }), label);
      onProgress?.(labels.size, total);
    }
  }
  const runs = [...labels.keys()];
  return loadSpeedup(runs, defaultMeasure(runs), (run) => labels.get(run)!);
}
