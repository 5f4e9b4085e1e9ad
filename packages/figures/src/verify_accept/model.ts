/**
 * One verification, stage by stage: what each level decided, what was committed, which KV moves,
 * and whether the text keeps the target's law. All by the operators' references; the law is
 * measured by verifying the same step many times.
 *
 * Laws: accepted + 1 tokens are emitted; greedy verification emits what plain greedy decoding does.
 */
import { argmax } from '@beamline/kernels/reference';
import { loopStep } from '../beam_tree/loop.ts';
import { type BeamTree, beamTreeOf } from '../beam_tree/model.ts';
import type { LoopInput, LoopStep } from '../beam_tree/step.ts';
import { toyLogits, toyTarget } from '../beam_tree/toy.ts';
import { LAW_DRAWS, type Law, lawOf } from './law.ts';
import { type Probabilities, probabilitiesOf, type Verified, verify } from './verify.ts';

export interface VerifyAccept {
  readonly step: LoopStep;
  readonly tree: BeamTree;
  readonly probabilities: Probabilities;
  readonly verified: Verified;
  /** What the target alone emits, always its most likely word: as many tokens as were emitted. */
  readonly plainGreedy: readonly number[];
  /** Null without beams, or under the greedy rule, which draws nothing. */
  readonly law: Law | null;
  /** KV entries before the step's rows. */
  readonly prefix: number;
}

export function verifyAcceptModel(input: LoopInput, draws = LAW_DRAWS): VerifyAccept {
  return verifyAcceptOf(loopStep(input), draws);
}

export function verifyAcceptOf(step: LoopStep, draws = LAW_DRAWS): VerifyAccept {
  const probabilities = probabilitiesOf(step);
  const { rule } = step.input;
  const verified = verify(step, rule, undefined, probabilities);
  return {
    step,
    tree: beamTreeOf(step),
    probabilities,
    verified,
    plainGreedy: plainGreedy(step, verified.emitted.length),
    law: rule === 'greedy' ? null : lawOf(step, draws, probabilities),
    prefix: Math.max(0, step.committed.length - 1),
  };
}

/** The same verification with its law measured by as many draws. */
export function measuredOften(model: VerifyAccept, draws = LAW_DRAWS): VerifyAccept {
  return { ...model, law: lawOf(model.step, draws, model.probabilities) };
}

function plainGreedy({ text, committed }: LoopStep, count: number): number[] {
  const emitted: number[] = [];
  while (emitted.length < count) {
    const logits = toyLogits(text, toyTarget, [...committed, ...emitted]);
    emitted.push(argmax(logits, text.words.length));
  }
  return emitted;
}
