/** Runs an operator's cases: its reference in float64, then the exact laws on what came out. */
import { suites, type Tensors } from '@beamline/kernels/suites';
import type { CaseReply, CaseRequest, ShownTensor } from './case-protocol.ts';

const SHOWN = 24;

const reply = (message: CaseReply) => self.postMessage(message);

function shownTensors(tensors: Tensors): ShownTensor[] {
  return Object.entries(tensors).map(([name, { dtype, shape, data }]) => {
    const first = Array.from(data.subarray(0, SHOWN) as ArrayLike<number>, (value) =>
      Number.isInteger(value) ? String(value) : value.toPrecision(4),
    );
    const text = `${first.join(' ')}${data.length > SHOWN ? ' …' : ''}`;
    return { name, dtype, shape, text };
  });
}

function run({ operator, ids }: CaseRequest): CaseReply {
  const suite = suites.find((one) => one.operator.name === operator);
  if (suite === undefined) throw new Error(`there is no operator ${operator}.`);
  const cases = suite.cases().filter(({ id }) => ids.includes(id));
  const problems: string[] = [];
  let shown: { inputs: ShownTensor[]; outputs: ShownTensor[] } | null = null;
  cases.forEach((call, done) => {
    const outputs = suite.reference(call);
    for (const { output, message } of suite.laws(call, outputs)) {
      problems.push(`${call.id}, ${output}: ${message}`);
    }
    if (ids.length === 1) {
      shown = { inputs: shownTensors(call.inputs), outputs: shownTensors(outputs) };
    }
    if (done % 8 === 7) reply({ kind: 'progress', done: done + 1 });
  });
  return { kind: 'done', device: 'float64', problems, shown };
}

self.onmessage = async ({ data }: MessageEvent<CaseRequest>) => {
  try {
    reply(data.device === 'webgpu' ? await runOnGpu(data) : run(data));
  } catch (error) {
    reply({ kind: 'failed', message: (error as Error).message });
  }
};

async function runOnGpu(request: CaseRequest): Promise<CaseReply> {
  const { runCaseOnGpu } = await import('./webgpu-case.ts');
  return runCaseOnGpu(request);
}
