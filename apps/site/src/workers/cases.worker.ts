/** Runs an operator's cases: its reference in float64, then the exact laws on what came out. */
import { suites } from '@beamline/kernels/suites';
import { LabProblem } from '../lab/problem.ts';
import type { CaseReply, CaseRequest, ShownCase } from './case-protocol.ts';
import { shownTensors } from './shown-tensors.ts';

const reply = (message: CaseReply) => self.postMessage(message);

function run({ operator, ids }: CaseRequest): CaseReply {
  const suite = suites.find((one) => one.operator.name === operator);
  if (suite === undefined) throw new Error(`there is no operator ${operator}.`);
  const cases = suite.cases().filter(({ id }) => ids.includes(id));
  const problems: string[] = [];
  let shown: ShownCase | null = null;
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
    const { message } = error as Error;
    const isKnown = error instanceof LabProblem;
    reply({ kind: 'failed', message, ...(isKnown ? { obstacle: error.obstacle } : {}) });
  }
};

async function runOnGpu(request: CaseRequest): Promise<CaseReply> {
  const { runCaseOnGpu } = await import('./webgpu-case.ts');
  return runCaseOnGpu(request);
}
