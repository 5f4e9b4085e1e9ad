/**
 * What follows the target's logits in a step: sampling or verification, the accepted path, KV
 * compaction, pruning of the next tree, and the bookkeeping of in-flight batching.
 */
import {
  compactKv,
  type Dtypes,
  mergePhases,
  type Operator,
  pruneTree,
  scanLengths,
  selectPath,
  splitPhases,
  verifyExact,
  verifyGreedy,
  verifyRedrafter,
} from '@beamline/kernels';
import type { AttentionGeometry } from './attention.ts';
import type { EngineSpec } from './engine.ts';
import type { Ledger } from './ledger.ts';
import type { Pricer } from './pricer.ts';
import { RowTable } from './row-table.ts';
import type { StepShape } from './shape.ts';

const VERIFIERS = { greedy: verifyGreedy, exact: verifyExact, redrafter: verifyRedrafter };

export class VerifyCost {
  bytes = 0;
  flop = 0;
  readonly #pricer: Pricer;
  readonly #verifier: Operator;
  readonly #requests: RowTable;
  readonly #speculates: boolean;
  readonly #dtypes: Dtypes;
  readonly #verifyAxes = { requests: 0, beams: 0, draftLength: 0, treeTokens: 0, vocab: 0 };
  readonly #compactAxes = { layers: 0, movedTokens: 0, kvHeads: 0, headDim: 0 };
  readonly #pruneAxes = { requests: 0, treeTokens: 0, kept: 0 };

  constructor(engine: EngineSpec, pricer: Pricer, layers: number, geometry: AttentionGeometry) {
    const { model, speculation, precision } = engine;
    this.#pricer = pricer;
    this.#speculates = speculation.method !== 'none';
    this.#verifier = VERIFIERS[speculation.sampling];
    this.#dtypes = { float: 'bf16', kv: precision.kv };
    this.#verifyAxes.vocab = model.vocab;
    // Every pipeline stage compacts its own layers at the same time.
    this.#compactAxes.layers = layers / engine.pipelineParallel;
    this.#compactAxes.kvHeads = geometry.kvHeads;
    this.#compactAxes.headDim = geometry.storedElements / 2 / geometry.kvHeads;
    const { beams, draftLength } = speculation;
    const { hidden } = model;
    const dtypes = this.#dtypes;
    this.#requests = new RowTable((ledger, requests) => {
      if (requests === 0) return;
      const phases = { requests, copiedRows: 0, hidden };
      pricer.operator(ledger, splitPhases, phases, dtypes);
      pricer.operator(ledger, selectPath, { requests, beams, draftLength, hidden }, dtypes);
      pricer.operator(ledger, mergePhases, phases, dtypes);
      pricer.operator(ledger, scanLengths, { requests }, dtypes);
    });
  }

  /** ns of everything after the logits; fills `bytes` and `flop`. */
  look(shape: StepShape, parts: number, lmRows: number): number {
    const pricer = this.#pricer;
    this.bytes = 0;
    this.flop = 0;
    let ns = 0;
    if (lmRows > 0) {
      this.#setVerify(shape, parts, lmRows);
      ns += pricer.operatorNs(this.#verifier, this.#verifyAxes, this.#dtypes);
      this.#count();
    }
    if (!this.#speculates) return ns;
    const requests = Math.ceil((shape.generationRequests + shape.contextLast) / parts);
    ns += this.#requests.look(requests);
    this.bytes += this.#requests.bytes;
    this.flop += this.#requests.flop;
    if (shape.movedTokens > 0) {
      this.#compactAxes.movedTokens = shape.movedTokens / parts;
      ns += pricer.operatorNs(compactKv, this.#compactAxes, this.#dtypes);
      this.#count();
    }
    if (shape.prunedFrom > 0) {
      this.#setPrune(shape, parts);
      ns += pricer.operatorNs(pruneTree, this.#pruneAxes, this.#dtypes);
      this.#count();
    }
    return ns;
  }

  itemise(ledger: Ledger, shape: StepShape, parts: number, lmRows: number): void {
    const pricer = this.#pricer;
    if (lmRows > 0) {
      this.#setVerify(shape, parts, lmRows);
      pricer.operator(ledger, this.#verifier, this.#verifyAxes, this.#dtypes);
    }
    if (!this.#speculates) return;
    this.#requests.itemise(
      ledger,
      Math.ceil((shape.generationRequests + shape.contextLast) / parts),
    );
    if (shape.movedTokens > 0) {
      this.#compactAxes.movedTokens = shape.movedTokens / parts;
      pricer.operator(ledger, compactKv, this.#compactAxes, this.#dtypes);
    }
    if (shape.prunedFrom > 0) {
      this.#setPrune(shape, parts);
      pricer.operator(ledger, pruneTree, this.#pruneAxes, this.#dtypes);
    }
  }

  #count(): void {
    this.bytes += this.#pricer.work.bytes;
    this.flop += this.#pricer.work.flop;
  }

  #setVerify(shape: StepShape, parts: number, lmRows: number): void {
    const axes = this.#verifyAxes;
    axes.requests = (shape.generationRequests + shape.contextLast) / parts;
    axes.beams = this.#speculates ? shape.beams : 0;
    axes.draftLength = this.#speculates ? shape.draftLength : 0;
    axes.treeTokens = lmRows;
  }

  #setPrune(shape: StepShape, parts: number): void {
    const axes = this.#pruneAxes;
    axes.requests = Math.max(1, shape.draftRequests) / parts;
    axes.treeTokens = shape.prunedFrom / parts;
    axes.kept = Math.min(shape.prunedFrom, shape.generationRows) / parts;
  }
}
