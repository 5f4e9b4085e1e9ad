/**
 * A recorded run of vLLM on one RTX 4090, simulated from its own arrivals: 300 chats of which most
 * wait in a queue. The GPU has no measurement of its own here; only the KV pool's size is taken
 * from the log's description, and the overheads are those of vLLM on H100.
 * Then a factor on the achieved rates and one on the host are fitted on the first third of the
 * requests, and the others judge.
 */
import { engineOverheads } from '../cost/index.ts';
import { type SimulationPorts, simulate } from '../events/index.ts';
import { type QuantityComparison, type RecordedRun, readRecorded } from '../replay/index.ts';
import { type PartialScenario, parseScenario } from '../scenario/index.ts';
import { type EvidencePoint, type EvidenceRow, type Part, rowsByGroup } from './evidence.ts';

/** As the log's meta.json and config say. */
const KV_BLOCKS = 2588;
const BLOCK_TOKENS = 16;
/** From a fifth less than assumed to nine tenths of the memory's and all of the units' peak. */
const GPU_SPEED = [0.8, 1.11] as const;
/** A newer release than the one that the overheads were fitted on, on another processor. */
const HOST_SPEED = [0.5, 5] as const;

/** Factors on the achieved rates and on the speed of the host. */
interface Speed {
  readonly gpu: number;
  readonly host: number;
}
const asAssumed: Speed = { gpu: 1, host: 1 };

function scenarioOf({ gpu, host }: Speed = asAssumed): PartialScenario {
  const vllm = engineOverheads('vllm');
  const overheads = {
    perStepNs: vllm.perStepNs / host,
    perLayerNs: vllm.perLayerNs / host,
    perRequestNs: vllm.perRequestNs / host,
  };
  return {
    model: 'llama-3.1-8b',
    hardware: {
      gpu: {
        base: 'rtx-4090',
        overheads,
        efficiency: { memory: gpu, compute: gpu },
      },
    },
    serving: {
      engine: 'vllm',
      maxBatchSize: 256,
      maxNumTokens: 2048,
      tokensPerBlock: BLOCK_TOKENS,
      kvBlocks: KV_BLOCKS,
      capacityPolicy: 'max-utilization',
      contextChunking: 'first-come-first-served',
    },
    speculation: { method: 'none' },
    workload: { kind: 'trace', trace: 'requests.jsonl' },
  };
}

/** Mean latencies of requests `from` to `to` of the log, recorded and simulated. */
function compare(
  bytes: Uint8Array,
  run: RecordedRun,
  speed: Speed,
  [from, to]: readonly [number, number],
  ports: SimulationPorts,
): readonly QuantityComparison[] {
  const scenario = parseScenario(scenarioOf(speed), 'a recorded run');
  const own = { ...ports, openTrace: () => [bytes], recorded: { run, from, to } };
  return simulate(scenario, own, { withBaseline: false }).replay?.quantities ?? [];
}

/** The factor between the bounds at which an error that falls with it comes to nothing. */
function fitted(meanError: (factor: number) => number, bounds: readonly [number, number]): number {
  let [low, high] = bounds;
  for (let i = 0; i < 10; i++) {
    const middle = (low + high) / 2;
    if (meanError(middle) > 0) low = middle;
    else high = middle;
  }
  return Number(((low + high) / 2).toPrecision(3));
}

export function logEvidence(
  log: string,
  ports: SimulationPorts,
): { rows: EvidenceRow[]; points: EvidencePoint[] } {
  const bytes = new TextEncoder().encode(log);
  const run = readRecorded('requests.jsonl', [bytes]);
  const count = run.outputTokens.length;
  const third = Math.floor(count / 3);
  const plain = evidenceOf(compare(bytes, run, asAssumed, [0, count], ports), 'foreign');
  const error = (speed: Speed) => {
    const first = compare(bytes, run, speed, [0, third], ports);
    return first.find(({ quantity }) => quantity === 'e2eMs')?.meanError ?? 0;
  };
  const gpu = fitted((factor) => error({ gpu: factor, host: 1 }), GPU_SPEED);
  const host = fitted((factor) => error({ gpu, host: factor }), HOST_SPEED);
  const later = evidenceOf(compare(bytes, run, { gpu, host }, [third, count], ports), 'held out');
  const share = `achieved rates × ${gpu} and host × ${host}, fitted on the first third of requests`;
  return {
    rows: [
      ...plain.flatMap((entry) => rows(entry, 'nothing of this GPU was measured')),
      ...later.flatMap((entry) => rows(entry, share)),
    ],
    points: [...plain, ...later].map(({ point }) => point),
  };
}

interface LogEntry {
  readonly point: EvidencePoint;
  readonly target: number | null;
}

function evidenceOf(compared: readonly QuantityComparison[], part: Part): LogEntry[] {
  const wanted = [
    ['ttftMs', 'mean time to first token of a log, ms', 0.15],
    ['e2eMs', 'mean time to the whole answer of a log, ms', 0.05],
    ['tpotMs', 'mean time per output token of a log, ms', null],
  ] as const;
  return wanted.flatMap(([name, quantity, target]) => {
    const found = compared.find((each) => each.quantity === name);
    if (found === undefined) return [];
    const point: EvidencePoint = {
      quantity,
      gpu: 'rtx-4090',
      model: 'llama-3.1-8b',
      engine: 'vllm',
      part,
      cell: 'vLLM 0.19, 300 ShareGPT requests at 10 a second',
      measured: found.meanRecorded,
      predicted: found.meanSimulated,
      // The log itself is the load, and is not stored with the point.
      scenario: null,
    };
    return [{ point, target }];
  });
}

function rows({ point, target }: LogEntry, how: string): EvidenceRow[] {
  return rowsByGroup([point], {
    ...(target === null ? {} : { target: { median: target } }),
    source: 'request log of vLLM 0.19 on an RTX 4090 (casys-kaist/LLMServingSim, MIT)',
    note: `means, KV pool as in the log; ${how}`,
  });
}
