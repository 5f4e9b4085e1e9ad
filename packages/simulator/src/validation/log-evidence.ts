/**
 * A recorded run of vLLM on one RTX 4090, simulated from its own arrivals: 300 chats of which most
 * wait in a queue. The GPU has no measurement of its own here; only the KV pool's size is taken
 * from the log's description, and the overheads are those of vLLM on H100.
 */
import { engineOf, engineOverheads, memoryPlan } from '../cost/index.ts';
import { type SimulationPorts, simulate } from '../events/index.ts';
import { readRecorded } from '../replay/index.ts';
import { type PartialScenario, parseScenario } from '../scenario/index.ts';
import { type EvidencePoint, type EvidenceRow, rowsByGroup } from './evidence.ts';

/** As the log's meta.json and config say. */
const KV_BLOCKS = 2588;
const BLOCK_TOKENS = 16;

function scenarioOf(kvCacheFraction: number): PartialScenario {
  const { perStepNs, perLayerNs, perRequestNs } = engineOverheads('vllm');
  return {
    model: 'llama-3.1-8b',
    hardware: { gpu: { base: 'rtx-4090', overheads: { perStepNs, perLayerNs, perRequestNs } } },
    serving: {
      maxBatchSize: 256,
      maxNumTokens: 2048,
      tokensPerBlock: BLOCK_TOKENS,
      kvCacheFraction,
      capacityPolicy: 'max-utilization',
      contextChunking: 'first-come-first-served',
    },
    speculation: { method: 'none' },
    workload: { kind: 'trace', trace: 'requests.jsonl' },
  };
}

/** The fraction of free memory that holds as many blocks as the log says. */
function fractionOf(blocks: number): number {
  const scenario = parseScenario(scenarioOf(1), 'a recorded run');
  const { maxNumTokens } = scenario.serving;
  return blocks / memoryPlan(engineOf(scenario), 1, BLOCK_TOKENS, maxNumTokens).kvBlocks;
}

export function logEvidence(
  log: string,
  ports: SimulationPorts,
): { rows: EvidenceRow[]; points: EvidencePoint[] } {
  const bytes = new TextEncoder().encode(log);
  const given = scenarioOf(Math.min(1, fractionOf(KV_BLOCKS) + 1e-6));
  const scenario = parseScenario(given, 'a recorded run');
  const run = readRecorded('requests.jsonl', [bytes]);
  const recorded = { run, from: 0, to: run.outputTokens.length };
  const own = { ...ports, openTrace: () => [bytes], recorded };
  const { replay } = simulate(scenario, own, { withBaseline: false });
  const wanted = [
    ['ttftMs', 'mean time to first token of a log, ms', 0.15],
    ['e2eMs', 'mean time to the whole answer of a log, ms', 0.05],
    ['tpotMs', 'mean time per output token of a log, ms', null],
  ] as const;
  const evidence = wanted.flatMap(([name, quantity, target]) => {
    const compared = replay?.quantities.find(({ quantity: of }) => of === name);
    if (compared === undefined) return [];
    const point: EvidencePoint = {
      quantity,
      gpu: 'rtx-4090',
      model: 'llama-3.1-8b',
      engine: 'vllm',
      part: 'foreign',
      cell: 'vLLM 0.19, 300 ShareGPT requests at 10 a second',
      measured: compared.meanRecorded,
      predicted: compared.meanSimulated,
      // The log itself is the load, and is not stored with the point.
      scenario: null,
    };
    return [{ point, target }];
  });
  return {
    rows: evidence.flatMap(({ point, target }) =>
      rowsByGroup([point], {
        ...(target === null ? {} : { target: { median: target } }),
        source: 'request log of vLLM 0.19 on an RTX 4090 (casys-kaist/LLMServingSim, MIT)',
        note: 'one number; KV pool as in the log',
      }),
    ),
    points: evidence.map(({ point }) => point),
  };
}
