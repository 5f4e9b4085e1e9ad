/**
 * Facts about the shape of things that a model of drafting must have, whatever its numbers: where
 * verification stops being free, when drafting stops paying and when it pays again, and what it
 * does for energy.
 */
import { relativeError } from '../calibration/errors.ts';
import { emptyGemmTime, emptyStepShape, engineOf, gemm, StepCost } from '../cost/index.ts';
import { type SimulationPorts, simulate } from '../events/index.ts';
import { hardwareOf } from '../hardware/index.ts';
import { type PartialScenario, parseScenario, type Scenario } from '../scenario/index.ts';
import { acceptanceOf } from '../speculation/index.ts';
import { table3 } from './drafting-evidence.ts';
import type { Fact } from './evidence.ts';

const factor = (value: number) => `${value.toFixed(2)}×`;

/** Rows at which a square product takes half as long again as one row. */
function knee(): Fact {
  const hardware = hardwareOf('h100-sxm');
  const ns = (m: number) => gemm(hardware, hardware.gemm.bf16, m, 8192, 8192, emptyGemmTime()).ns;
  const one = ns(1);
  return {
    fact: 'On Hopper a product of 8192 × 8192 is nearly free up to 256 rows, and not at 512',
    found: `${factor(ns(256) / one)} at 256 rows, ${factor(ns(512) / one)} at 512`,
    holds: ns(256) / one < 1.5 && ns(512) / one > 1.5,
    source: 'aiconfigurator GEMM rows: 1.15 and 1.83',
  };
}

interface Drafting {
  readonly speedup: number;
  readonly energyGain: number;
}

/** Steady decode with and without drafting, no prefill and no queue. */
function decodeGain(given: PartialScenario, batch: number, kvTokens: number): Drafting {
  const scenario = parseScenario(given, 'a fact');
  const cost = new StepCost(engineOf(scenario));
  const { beams, draftLength } = scenario.speculation;
  const shape = acceptanceOf(scenario).acceptance.shape(beams, draftLength);
  const step = emptyStepShape();
  step.generationRequests = batch;
  step.generationRows = batch;
  step.generationKvTokens = batch * kvTokens;
  const plain = { ...cost.evaluate(step) };
  step.generationRows = Math.round(batch * (1 + shape.meanDraftTokens));
  step.draftRequests = batch;
  step.beams = beams;
  step.draftLength = draftLength;
  step.draftKvTokens = batch * kvTokens;
  const drafted = cost.evaluate(step);
  return {
    speedup: (shape.tokensPerStep * plain.timeNs) / drafted.timeNs,
    energyGain: (shape.tokensPerStep * plain.joules) / drafted.joules,
  };
}

const onOneH100: PartialScenario = {
  model: 'llama-3.1-8b',
  hardware: { gpu: 'h100-sxm' },
  speculation: { method: 'redrafter', beams: 4, draftLength: 4 },
};

function energy(): Fact {
  const gains = [1, 8, 32].map((batch) => decodeGain(onOneH100, batch, 1000));
  return {
    fact: 'Drafting saves less energy per token than it saves time',
    found: gains
      .map(({ speedup, energyGain }) => `${factor(energyGain)} energy, ${factor(speedup)} speed`)
      .join('; '),
    holds: gains.every(({ speedup, energyGain }) => energyGain < speedup),
    source: 'more rows raise power: 486 W at 8, 690 W at 256 sequences of an 8B model on H100',
  };
}

function longContext(): Fact {
  const given: PartialScenario = {
    ...onOneH100,
    hardware: { gpu: 'h100-sxm', tensorParallel: 8 },
    speculation: { method: 'redrafter', beams: 4, draftLength: 4 },
  };
  const at = (kvTokens: number) => decodeGain(given, 128, kvTokens).speedup;
  const [short, long] = [at(500), at(32_000)];
  return {
    fact: 'At 128 requests drafting gains again when the context is long',
    found: `${factor(short)} at 500 past tokens, ${factor(long)} at 32,000`,
    holds: long > short && long > 1.18,
    source: 'MagicDec: 1.18 to 2.0 times at batch 32 to 128 with long context',
  };
}

function beamWidths(): Fact {
  const { points } = table3();
  const best = (of: 'measured' | 'predicted', batch: number) => {
    const cells = points.filter(({ cell }) => cell.startsWith(`batch ${batch},`));
    return cells.reduce((a, b) => (b[of] > a[of] ? b : a)).cell.replace(/^.*, /, '');
  };
  const batches = [1, 8, 40];
  const largest = Math.max(...points.map((p) => Math.abs(relativeError(p.predicted, p.measured))));
  return {
    fact: 'The best beam width falls with the batch: 64, 16 and 4 beams at 1, 8 and 40 requests',
    found:
      `${batches.map((batch) => `${best('predicted', batch)} at ${batch}`).join(', ')}; ` +
      `no cell is more than ${(100 * largest).toFixed(1)} % off`,
    holds: batches.every((batch) => best('predicted', batch) === best('measured', batch)),
    source: 'Recurrent Drafter, arXiv 2403.09919 v5, Table 3',
  };
}

/** Throughput of a closed loop over plain decoding. */
function loopGain(
  ports: SimulationPorts,
  concurrency: number,
  schedule: Scenario['speculation']['schedule'],
): number {
  const scenario = parseScenario(
    {
      model: 'llama-3.3-70b',
      hardware: { gpu: 'mi300x', tensorParallel: 8 },
      precision: { weights: 'fp8', kv: 'fp8' },
      serving: { maxBatchSize: concurrency },
      speculation: { method: 'dspark', beams: 1, draftLength: 7, schedule },
      workload: {
        kind: 'closed-loop',
        concurrency,
        requests: 3 * concurrency,
        inputTokens: { kind: 'constant', value: 200 },
        outputTokens: { kind: 'constant', value: 128 },
      },
    },
    'a fact',
  );
  return simulate(scenario, ports).speedup!.outputTokensPerSecond;
}

function concurrency(ports: SimulationPorts): Fact {
  const loads = [4, 32, 256];
  const fixed = loads.map((load) => loopGain(ports, load, 'fixed'));
  const adaptive = loads.map((load) => loopGain(ports, load, 'confidence'));
  const text = (gains: readonly number[]) => gains.map(factor).join(', ');
  return {
    fact:
      'A fixed draft of 7 falls below plain decoding as concurrency grows, one cut by confidence ' +
      'does not',
    found: `at ${loads.join(', ')} requests: fixed ${text(fixed)}; by confidence ${text(adaptive)}`,
    holds: fixed[0]! > 1 && fixed[2]! < 1 && adaptive.every((gain) => gain >= 0.99),
    source:
      'vLLM pull request 52362, DeepSeek-V4-Flash on an AMD node: fixed 2.54 to 0.88 times, ' +
      'adaptive 2.37 to 1.50; shape only, a dense 70B model here',
  };
}

/**
 * Two ways to fill a KV cache that is too small for the load, at maximum load. Where the batch has
 * passed the knee, more requests in a step give little and what is computed again costs; in a pool
 * for a handful of requests the larger batch outweighs it.
 */
function capacityPolicies(ports: SimulationPorts): Fact {
  const change = (scenario: PartialScenario) => {
    const run = (capacityPolicy: Scenario['serving']['capacityPolicy']) =>
      simulate(
        parseScenario(
          {
            ...scenario,
            speculation: { method: 'none' },
            serving: { ...scenario.serving, capacityPolicy, maxBatchSize: 2048 },
          },
          'a fact',
        ),
        ports,
      ).metrics;
    const reserved = run('guaranteed-no-evict');
    const greedy = run('max-utilization');
    return {
      rate: greedy.outputTokensPerSecond / reserved.outputTokensPerSecond,
      gap: greedy.itlMs.max / reserved.itlMs.max,
      first: greedy.ttftMs.p50 / reserved.ttftMs.p50,
    };
  };
  const constant = (value: number) => ({ kind: 'constant', value }) as const;
  const lengths = { inputTokens: constant(2048), outputTokens: constant(2048) };
  const burst = { kind: 'closed-loop', concurrency: 1000, requests: 1000, ...lengths } as const;
  const full = change({
    model: 'llama-3.1-70b',
    hardware: { gpu: 'h100-sxm', tensorParallel: 4 },
    workload: burst,
  });
  const few = change({ serving: { kvCacheFraction: 0.05 }, workload: burst });
  return {
    fact: 'With a KV pool that binds, MAX_UTILIZATION trades tail and throughput for a first token',
    found:
      '70B on four H100 at maximum load, against GUARANTEED_NO_EVICT: throughput ' +
      `${factor(full.rate)}, longest gap between tokens ${factor(full.gap)}, median time to ` +
      `first token ${factor(full.first)}; in a pool for six requests of an 8B model the larger ` +
      `batch outweighs it: throughput ${factor(few.rate)}`,
    holds: full.first < 1 && full.gap > 1 && full.rate < 1,
    source: 'behaviour of TensorRT-LLM under a binding pool, scheduling reference',
  };
}

export function shapeFacts(ports: SimulationPorts): Fact[] {
  return [
    knee(),
    beamWidths(),
    concurrency(ports),
    longContext(),
    energy(),
    capacityPolicies(ports),
  ];
}
