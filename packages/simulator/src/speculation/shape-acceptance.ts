import { type AcceptanceLaw, meanSurvival } from './mean-acceptance.ts';
import type { DraftMethod } from './methods.ts';
import { type RankedNodes, rankNodes } from './node-survival.ts';
import { type ClassedAcceptance, classedAcceptance } from './request-classes.ts';
import { nodesPerDepth, type RowSampler, rowSampler } from './tree-rows.ts';

/**
 * Acceptance of one drafting shape (beams × draftLength), ready for the event loop: a step costs
 * one random number and a short walk over a table, and allocates nothing.
 *
 * Law: the mean of `sampleAccepted` over steps is Σ survival, and the mean of `samplePruned` is the
 * sum of the node survivals kept, both to within the 2^−32 of one random number.
 */
export interface ShapeAcceptance {
  /** 0 when nothing is drafted; 1 for methods that draft a chain, whatever was asked for. */
  readonly beams: number;
  readonly draftLength: number;
  /** Mean probability over steps that at least d draft tokens are accepted, d = 1 … draftLength. */
  readonly survival: Float64Array;
  /** 1 + Σ survival. */
  readonly tokensPerStep: number;
  /** Most draft tokens that a step verifies: beams · draftLength. */
  readonly maxDraftTokens: number;
  /**
   * Mean draft tokens that a step verifies, after identical prefixes are merged (tree rows − 1).
   */
  readonly meanDraftTokens: number;
  /** Survival at each depth of one class of requests; its mean over steps is `survival`. */
  classSurvival(classIndex: number): Float64Array;
  /** Share of all steps that a class takes at this shape; the shares of all classes sum to 1. */
  classStepShare(classIndex: number): number;
  /** Accepted draft tokens of one step, 0 … draftLength. `random` is a uint32. */
  sampleAccepted(classIndex: number, random: number): number;
  /** Draft tokens of one step's tree (rows − 1). `random` is a uint32. */
  sampleDraftTokens(random: number): number;
  /**
   * Survivals of the different nodes of the tree for a class, descending; every prefix is closed
   * under ancestors. Made once per class, then the same array each time.
   */
  nodeSurvival(classIndex: number): Float32Array;
  /** Accepted draft tokens when only the best `kept` nodes are verified. `random` is a uint32. */
  samplePruned(classIndex: number, kept: number, random: number): number;
}

const TWO_32 = 4294967296;

/** What all shapes of one method and profile share. */
export interface ShapeContext {
  readonly method: DraftMethod;
  readonly law: AcceptanceLaw;
  readonly offsets: Float64Array;
  readonly probability: Float64Array;
  readonly prefixDedup: boolean;
}

export class DraftedShape implements ShapeAcceptance {
  readonly beams: number;
  readonly draftLength: number;
  readonly survival: Float64Array;
  readonly tokensPerStep: number;
  readonly maxDraftTokens: number;
  readonly meanDraftTokens: number;
  readonly #context: ShapeContext;
  readonly #classed: ClassedAcceptance;
  /** Random numbers below [class · draftLength + d − 1] accept at least d tokens. */
  readonly #threshold: Float64Array;
  readonly #rows: RowSampler;
  readonly #nodes: (ClassNodes | undefined)[] = [];

  constructor(context: ShapeContext, beams: number, draftLength: number) {
    const { method, law, offsets, probability, prefixDedup } = context;
    this.#context = context;
    this.beams = beams;
    this.draftLength = draftLength;
    this.survival = meanSurvival(law, beams, draftLength);
    this.tokensPerStep = this.survival.reduce((sum, s) => sum + s, 1);
    this.#classed = classedAcceptance(offsets, probability, this.survival);
    this.#threshold = this.#classed.survival.map((s) => Math.round(s * TWO_32));
    this.#rows = rowSampler(method.tree, beams, draftLength, prefixDedup);
    this.maxDraftTokens = beams * draftLength;
    this.meanDraftTokens = this.#rows.mean;
  }

  /** Tokens per step of one class, for tables and checks. */
  classTokensPerStep(classIndex: number): number {
    return this.#classed.tokensPerStep[classIndex]!;
  }

  classSurvival(classIndex: number): Float64Array {
    const from = classIndex * this.draftLength;
    return this.#classed.survival.slice(from, from + this.draftLength);
  }

  classStepShare(classIndex: number): number {
    return this.#classed.stepShare[classIndex]!;
  }

  sampleAccepted(classIndex: number, random: number): number {
    const from = classIndex * this.draftLength;
    const end = from + this.draftLength;
    let at = from;
    while (at < end && random < this.#threshold[at]!) at++;
    return at - from;
  }

  sampleDraftTokens(random: number): number {
    return this.#rows.sample(random);
  }

  nodeSurvival(classIndex: number): Float32Array {
    return this.#nodesOf(classIndex).survival;
  }

  samplePruned(classIndex: number, kept: number, random: number): number {
    const nodes = this.#nodesOf(classIndex);
    const from = Math.min(Math.max(kept, 0), nodes.survival.length) * this.draftLength;
    const end = from + this.draftLength;
    let at = from;
    while (at < end && random < nodes.threshold[at]!) at++;
    return at - from;
  }

  #nodesOf(classIndex: number): ClassNodes {
    const known = this.#nodes[classIndex];
    if (known !== undefined) return known;
    const { method, law } = this.#context;
    const from = classIndex * this.draftLength;
    const conditional = this.#classed.conditional.subarray(from, from + this.draftLength);
    const counts = nodesPerDepth(method.tree, this.beams, this.draftLength);
    const whole = Uint32Array.from(counts, (count) => Math.max(1, Math.round(count)));
    const made = new ClassNodes(rankNodes(law, this.beams, conditional, whole), this.draftLength);
    this.#nodes[classIndex] = made;
    return made;
  }
}

/** One class's nodes, with the thresholds of every number of nodes kept. */
class ClassNodes {
  readonly survival: Float32Array;
  /** [kept · depths + d − 1]: random numbers below it accept at least d tokens. */
  readonly threshold: Float64Array;

  constructor(nodes: RankedNodes, depths: number) {
    this.survival = Float32Array.from(nodes.survival);
    this.threshold = new Float64Array((nodes.survival.length + 1) * depths);
    const kept = new Float64Array(depths);
    for (let i = 0; i < nodes.survival.length; i++) {
      const depth = nodes.depth[i]! - 1;
      kept[depth] = kept[depth]! + nodes.survival[i]!;
      const row = (i + 1) * depths;
      for (let d = 0; d < depths; d++) this.threshold[row + d] = Math.round(kept[d]! * TWO_32);
    }
  }
}

/** The shape of a step without drafting: one row, one token. */
export class UndraftedShape implements ShapeAcceptance {
  readonly beams = 0;
  readonly draftLength = 0;
  readonly survival = new Float64Array(0);
  readonly tokensPerStep = 1;
  readonly maxDraftTokens = 0;
  readonly meanDraftTokens = 0;
  readonly #nodes = new Float32Array(0);

  classSurvival(): Float64Array {
    return this.survival;
  }

  classStepShare(): number {
    return 1;
  }

  sampleAccepted(): number {
    return 0;
  }

  sampleDraftTokens(): number {
    return 0;
  }

  nodeSurvival(): Float32Array {
    return this.#nodes;
  }

  samplePruned(): number {
    return 0;
  }
}
