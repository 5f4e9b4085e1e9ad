/**
 * One verification, stage by stage: what each level decided, what was committed, which KV moves,
 * and whether the text keeps the target's law. All by the operators' references; the law is
 * measured by verifying the same step many times.
 *
 * Laws: accepted + 1 tokens are emitted; greedy verification emits what plain greedy decoding does.
 */
import { argmax } from '@beamline/kernels/reference';
import { type LoopInput, type LoopStep, loopStep } from '../beam_tree/loop.ts';
import { type BeamTree, beamTreeOf } from '../beam_tree/model.ts';
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

function plainGreedy({ text, committed }: LoopStep, count: number): number[] {
  const emitted: number[] = [];
  while (emitted.length < count) {
    const logits = toyLogits(text, toyTarget, [...committed, ...emitted]);
    emitted.push(argmax(logits, text.words.length));
  }
  return emitted;
}

/** What is shown: nothing yet, the first `levels` decisions, the bonus, the commit. */
export interface Stage {
  readonly kind: 'start' | 'level' | 'bonus' | 'commit';
  /** Levels that are decided. */
  readonly levels: number;
}

export function stagesOf({ verified }: Pick<VerifyAccept, 'verified'>): Stage[] {
  const { levels, rule } = verified;
  if (verified.path.length === 0) return [{ kind: 'start', levels: 0 }];
  const decided = levels.map((_, i): Stage => ({ kind: 'level', levels: i + 1 }));
  // The last decision of a walk is the bonus; the published rule draws it apart.
  const bonus: Stage = { kind: 'bonus', levels: levels.length };
  const shown = rule === 'redrafter' ? [...decided, bonus] : [...decided.slice(0, -1), bonus];
  return [{ kind: 'start', levels: 0 }, ...shown, { kind: 'commit', levels: levels.length }];
}

/** Rows as they stand after the first `levels` decisions. */
export interface Standing {
  readonly accepted: ReadonlySet<number>;
  readonly rejected: ReadonlySet<number>;
  /** Rows that stood in a beam that another one won over. */
  readonly aside: ReadonlySet<number>;
}

export function standingAt({ step, verified }: VerifyAccept, stage: Stage): Standing {
  const accepted = new Set<number>(verified.path.length > 0 ? [0] : []);
  const rejected = new Set<number>();
  const { parent } = step.tree;
  for (const checks of verified.levels.slice(0, stage.levels)) {
    for (const { row, child, beam, token } of checks) {
      if (child >= 0) accepted.add(child);
      parent.forEach((above, other) => {
        const isMeant = beam < 0 || step.tree.tokens[other] === token;
        if (above === row && other !== child && isMeant) rejected.add(other);
      });
    }
  }
  // One beam's draw may accept what another's rejects.
  for (const row of accepted) rejected.delete(row);
  if (stage.kind === 'bonus' || stage.kind === 'commit') {
    const aside = [...accepted].filter((row) => !verified.path.includes(row));
    return { accepted: new Set(verified.path), rejected, aside: new Set(aside) };
  }
  return { accepted, rejected, aside: new Set() };
}
