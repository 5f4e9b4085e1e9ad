/**
 * Time, work and energy of one engine step. What depends on a row count alone is kept in tables by
 * that count; attention is closed-form: a warm call takes about a hundred nanoseconds and allocates
 * nothing. Law: `timeNs` is the rounded sum of `itemise`.
 *
 * Pipeline stages hold one micro-batch each. In the steady state a micro-batch passes all stages
 * while the others pass too, so a step lasts as long as one micro-batch takes through the whole
 * model, and longer where the last stage (head, drafting) is slower than its share: the line
 * `pipeline_bubble`.
 */
import { layerKinds } from '../model/index.ts';
import { AttentionCost, attentionGeometry } from './attention.ts';
import { linkFor, sendNs } from './collective.ts';
import { DraftCost } from './draft-cost.ts';
import type { EngineSpec } from './engine.ts';
import { type LayerSetting, layers, outputProjection } from './layer.ts';
import { Ledger, type OperatorCost } from './ledger.ts';
import { ratiosOf } from './measured-ratios.ts';
import { Pricer } from './pricer.ts';
import { RowTable } from './row-table.ts';
import type { StepShape } from './shape.ts';
import { VerifyCost } from './verify-cost.ts';

/** One step: integer ns, bytes and FLOP of one GPU, joules of all GPUs of the replica. */
export interface StepEstimate {
  timeNs: number;
  bytes: number;
  flop: number;
  joules: number;
}

export class StepCost {
  readonly engine: EngineSpec;
  readonly #pricer: Pricer;
  readonly #forward: RowTable;
  readonly #head: RowTable;
  readonly #attention: AttentionCost;
  readonly #verify: VerifyCost;
  readonly #draft: DraftCost | null;
  readonly #layers: number;
  readonly #gpus: number;
  readonly #estimate: StepEstimate = { timeNs: 0, bytes: 0, flop: 0, joules: 0 };
  // The sums of the last `#sum`, over one micro-batch and all stages.
  #ns = 0;
  #bytes = 0;
  #flop = 0;

  constructor(engine: EngineSpec) {
    this.engine = engine;
    const { model, hardware, tensorParallel, pipelineParallel: stages } = engine;
    const ratios = ratiosOf(engine);
    const pricer = new Pricer(hardware, ratios);
    const geometry = attentionGeometry(model, tensorParallel);
    const { kv, weights } = engine.precision;
    const setting: LayerSetting = {
      model,
      geometry,
      weights,
      dtypes: { float: 'bf16', kv },
      tensorParallel,
      prefix: '',
      attentionInputs: 1,
    };
    // Uneven stages wait for the largest: count layers as if every stage had as many.
    const kinds = layerKinds(model);
    this.#layers = stages * Math.ceil(model.layers / stages);
    const padded = this.#layers - model.layers;
    const sparse = kinds.sparse > 0 ? kinds.sparse + padded : 0;
    const dense = this.#layers - sparse;
    this.#gpus = tensorParallel * stages;
    this.#pricer = pricer;
    this.#attention = new AttentionCost(hardware, geometry, kv, engine.tokensPerBlock, ratios);
    this.#forward = new RowTable((ledger, rows) => {
      if (rows === 0) return;
      pricer.stream(ledger, 'embedding', 4 * rows * model.hidden);
      layers(ledger, pricer, setting, rows, dense, sparse);
    });
    this.#head = new RowTable((ledger, rows) => {
      if (rows === 0) return;
      pricer.stream(ledger, 'final_norm', 4 * rows * model.hidden);
      outputProjection(ledger, pricer, 'lm_head', rows, model.vocab, model.hidden, tensorParallel);
    });
    this.#verify = new VerifyCost(engine, pricer, this.#layers, geometry);
    this.#draft = engine.drafter === null ? null : new DraftCost(engine, pricer, engine.drafter);
  }

  /** Integer ns of a step; 0 only for a step that holds nothing on an engine without overheads. */
  timeNs(shape: StepShape): number {
    this.#sum(shape);
    return Math.round(this.#ns);
  }

  /** All that one step does, priced once. The object is reused by the next call. */
  evaluate(shape: StepShape): Readonly<StepEstimate> {
    this.#sum(shape);
    const stages = this.engine.pipelineParallel;
    const scale = stages === 1 ? 1 : this.#microBatches(shape) / stages;
    const estimate = this.#estimate;
    estimate.timeNs = Math.round(this.#ns);
    estimate.bytes = this.#bytes * scale;
    estimate.flop = this.#flop * scale;
    estimate.joules = this.#joules(estimate);
    return estimate;
  }

  /**
   * Joules of all GPUs of the replica: P = idle + a·memory busy + b·compute busy, at most TDP, with
   * busy as the share of the peak rates.
   */
  #joules({ timeNs, bytes, flop }: StepEstimate): number {
    if (timeNs <= 0) return 0;
    const { hardware, precision } = this.engine;
    const { power } = hardware;
    const memoryBusy = Math.min(1, (bytes * 1e9) / (hardware.memoryBytesPerSecond * timeNs));
    const peak = hardware.gemm[precision.weights].peakFlopPerSecond;
    const computeBusy = Math.min(1, (flop * 1e9) / (peak * timeNs));
    const watts = power.idleW + power.memoryW * memoryBusy + power.computeW * computeBusy;
    return Math.min(power.tdpW, watts) * timeNs * 1e-9 * this.#gpus;
  }

  /** The step's operators, per GPU; with pipeline stages, those that one micro-batch passes. */
  itemise(shape: StepShape): OperatorCost[] {
    const ledger = new Ledger(true);
    const parts = this.#microBatches(shape);
    const rows = Math.ceil((shape.contextTokens + shape.generationRows) / parts);
    const lmRows = Math.ceil((shape.contextLast + shape.generationRows) / parts);
    const attention = this.#attention;
    this.#forward.itemise(ledger, rows);
    let ns = this.#contextNs(shape, parts);
    let { bytes, flop } = attention.work;
    let origin = attention.contextOrigin(shape.contextChunks / parts, shape.contextTokens / parts);
    const calls = this.#layers;
    ledger.add('context_attention', calls, 1, bytes, flop, ns, attention.bound, origin);
    ns = this.#generationNs(shape, parts);
    ({ bytes, flop } = attention.work);
    origin = attention.generationOrigin();
    ledger.add('tree_attention', calls, 2, bytes, flop, ns, attention.bound, origin);
    const stagesNs = ledger.ns;
    this.#head.itemise(ledger, lmRows);
    this.#verify.itemise(ledger, shape, parts, lmRows);
    this.#draft?.itemise(ledger, shape, parts);
    const lastNs = ledger.ns - stagesNs;
    const { overheads } = this.engine;
    this.#pricer.fixed(ledger, 'host', this.#hostNs(shape), 'host', overheads.origin);
    const link = linkFor(this.engine.hardware, this.#gpus).origin;
    const stages = this.engine.pipelineParallel;
    this.#pricer.fixed(ledger, 'pipeline_send', this.#sendNs(rows), 'network', link, stages - 1);
    const bubble = this.#bubbleNs(stagesNs, lastNs, parts);
    this.#pricer.fixed(ledger, 'pipeline_bubble', bubble, 'network', link);
    return ledger.list();
  }

  #sum(shape: StepShape): void {
    const parts = this.engine.pipelineParallel === 1 ? 1 : this.#microBatches(shape);
    const tokens = shape.contextTokens + shape.generationRows;
    const lmTokens = shape.contextLast + shape.generationRows;
    const rows = parts === 1 ? tokens : Math.ceil(tokens / parts);
    const lmRows = parts === 1 ? lmTokens : Math.ceil(lmTokens / parts);
    const forward = this.#forward;
    const attention = this.#attention;
    let ns = forward.look(rows);
    let { bytes, flop } = forward;
    if (shape.contextTokens > 0) {
      ns += this.#layers * this.#contextNs(shape, parts);
      bytes += this.#layers * attention.work.bytes;
      flop += this.#layers * attention.work.flop;
    }
    if (shape.generationRequests > 0) {
      ns += this.#layers * this.#generationNs(shape, parts);
      bytes += this.#layers * attention.work.bytes;
      flop += this.#layers * attention.work.flop;
    }
    const head = this.#head;
    let lastNs = head.look(lmRows);
    bytes += head.bytes;
    flop += head.flop;
    const verify = this.#verify;
    lastNs += verify.look(shape, parts, lmRows);
    bytes += verify.bytes;
    flop += verify.flop;
    const drafting = this.#draft;
    if (drafting !== null && shape.draftRequests > 0 && shape.beams > 0) {
      lastNs += drafting.look(shape, parts);
      bytes += drafting.bytes;
      flop += drafting.flop;
    }
    const stagesNs = ns;
    ns += lastNs + this.#hostNs(shape);
    const stages = this.engine.pipelineParallel;
    if (stages > 1) {
      ns += (stages - 1) * this.#sendNs(rows) + this.#bubbleNs(stagesNs, lastNs, parts);
    }
    this.#ns = ns;
    this.#bytes = bytes;
    this.#flop = flop;
  }

  #microBatches(shape: StepShape): number {
    const requests = shape.generationRequests + shape.contextChunks;
    return Math.max(1, Math.min(this.engine.pipelineParallel, requests));
  }

  #contextNs(shape: StepShape, parts: number): number {
    return this.#attention.context(
      shape.contextChunks / parts,
      shape.contextTokens / parts,
      shape.contextPairs / parts,
      shape.contextKvTokens / parts,
    );
  }

  #generationNs(shape: StepShape, parts: number): number {
    return this.#attention.generation(
      shape.generationRequests / parts,
      shape.generationRows / parts,
      shape.generationKvTokens / parts,
    );
  }

  #hostNs(shape: StepShape): number {
    const { overheads } = this.engine;
    const requests = shape.generationRequests + shape.contextChunks;
    return (
      overheads.perStepNs + overheads.perLayerNs * this.#layers + overheads.perRequestNs * requests
    );
  }

  #sendNs(rows: number): number {
    return sendNs(this.engine.hardware, 2 * rows * this.engine.model.hidden, this.#gpus);
  }

  /** What a round of `parts` micro-batches waits on its slowest, last stage beyond its own path. */
  #bubbleNs(stagesNs: number, lastNs: number, parts: number): number {
    const stages = this.engine.pipelineParallel;
    if (stages === 1) return 0;
    const slowest = stagesNs / stages + lastNs;
    return Math.max(0, parts * slowest - stagesNs - lastNs);
  }
}
