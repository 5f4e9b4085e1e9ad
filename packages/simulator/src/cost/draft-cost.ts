/**
 * Drafting inside a step: tables by the number of drafting requests, one table per shape of draft,
 * and the closed form of attention over a drafter's own KV cache.
 */
import { AttentionCost, attentionGeometry } from './attention.ts';
import { type DraftSetting, draft, drafterLayerSetting, drafterLayers } from './draft.ts';
import type { Drafter } from './drafter.ts';
import type { EngineSpec } from './engine.ts';
import type { Ledger } from './ledger.ts';
import type { Pricer } from './pricer.ts';
import { RowTable } from './row-table.ts';
import type { StepShape } from './shape.ts';

export class DraftCost {
  bytes = 0;
  flop = 0;
  readonly #pricer: Pricer;
  readonly #setting: DraftSetting;
  readonly #layers: number;
  readonly #parallel: boolean;
  readonly #attention: AttentionCost | null;
  readonly #context: RowTable;
  readonly #tables = new Map<number, RowTable>();
  #lastKey = -1;
  #lastTable: RowTable | null = null;

  constructor(engine: EngineSpec, pricer: Pricer, drafter: Drafter) {
    const { model, speculation, overheads, tensorParallel } = engine;
    this.#pricer = pricer;
    this.#setting = { model, drafter, speculation, overheads, tensorParallel };
    const { shape } = drafter;
    const layer = drafterLayerSetting(this.#setting);
    this.#parallel = shape.kind === 'layers' && shape.parallel;
    this.#layers = 0;
    if (shape.kind === 'layers') this.#layers = shape.layers;
    if (shape.kind === 'model') this.#layers = shape.model.layers;
    const { hardware, tokensPerBlock } = engine;
    this.#attention =
      layer === null
        ? null
        : new AttentionCost(
            hardware,
            attentionGeometry(layer.model, tensorParallel),
            'bf16',
            tokensPerBlock,
            pricer.ratios,
          );
    this.#context = new RowTable((ledger, rows) => {
      if (layer === null || rows === 0) return;
      drafterLayers(ledger, pricer, this.#setting, layer, rows);
    });
  }

  /**
   * ns of drafting and of filling the drafter's cache with the context; fills `bytes` and `flop`.
   */
  look(shape: StepShape, parts: number): number {
    const requests = Math.ceil(shape.draftRequests / parts);
    const table = this.#table(shape.beams, shape.draftLength);
    let ns = table.look(requests);
    this.bytes = table.bytes;
    this.flop = table.flop;
    const attention = this.#attention;
    if (attention === null) return ns;
    const passes = this.#parallel ? 1 : shape.draftLength;
    const firstNs = this.#firstNs(shape, parts, attention);
    ns += this.#layers * firstNs;
    this.#count(this.#layers, attention);
    if (passes > 1) {
      // A chain's later passes are like its first.
      const laterNs = shape.beams === 1 ? firstNs : this.#laterNs(shape, parts, attention);
      ns += (passes - 1) * this.#layers * laterNs;
      this.#count((passes - 1) * this.#layers, attention);
    }
    if (shape.contextTokens > 0) {
      ns += this.#context.look(Math.ceil(shape.contextTokens / parts));
      this.bytes += this.#context.bytes;
      this.flop += this.#context.flop;
      ns += this.#layers * this.#contextNs(shape, parts, attention);
      this.#count(this.#layers, attention);
    }
    return ns;
  }

  itemise(ledger: Ledger, shape: StepShape, parts: number): void {
    if (shape.draftRequests === 0 || shape.beams === 0) return;
    const requests = Math.ceil(shape.draftRequests / parts);
    this.#table(shape.beams, shape.draftLength).itemise(ledger, requests);
    const attention = this.#attention;
    if (attention === null) return;
    const passes = this.#parallel ? 1 : shape.draftLength;
    let ns = this.#firstNs(shape, parts, attention);
    this.#enter(ledger, 'draft_attention', this.#layers, ns, attention);
    if (passes > 1) {
      ns = this.#laterNs(shape, parts, attention);
      this.#enter(ledger, 'draft_attention', (passes - 1) * this.#layers, ns, attention);
    }
    if (shape.contextTokens > 0) {
      this.#context.itemise(ledger, Math.ceil(shape.contextTokens / parts));
      ns = this.#contextNs(shape, parts, attention);
      this.#enter(ledger, 'draft_context_attention', this.#layers, ns, attention);
    }
  }

  #table(beams: number, draftLength: number): RowTable {
    const key = beams * 65536 + draftLength;
    if (key === this.#lastKey) return this.#lastTable!;
    let table = this.#tables.get(key);
    if (table === undefined) {
      table = new RowTable((ledger, requests) =>
        draft(ledger, this.#pricer, this.#setting, requests, beams, draftLength),
      );
      this.#tables.set(key, table);
    }
    this.#lastKey = key;
    this.#lastTable = table;
    return table;
  }

  #firstNs(shape: StepShape, parts: number, attention: AttentionCost): number {
    const requests = shape.draftRequests / parts;
    const rows = this.#parallel ? requests * (shape.draftLength + 1) : requests;
    return attention.generation(requests, rows, shape.draftKvTokens / parts);
  }

  #laterNs(shape: StepShape, parts: number, attention: AttentionCost): number {
    const requests = shape.draftRequests / parts;
    return attention.generation(requests, requests * shape.beams, shape.draftKvTokens / parts);
  }

  #contextNs(shape: StepShape, parts: number, attention: AttentionCost): number {
    return attention.context(
      shape.contextChunks / parts,
      shape.contextTokens / parts,
      shape.contextPairs / parts,
      shape.contextKvTokens / parts,
    );
  }

  #count(calls: number, attention: AttentionCost): void {
    this.bytes += calls * attention.work.bytes;
    this.flop += calls * attention.work.flop;
  }

  #enter(ledger: Ledger, name: string, calls: number, ns: number, attention: AttentionCost): void {
    const { bytes, flop } = attention.work;
    const { origin } = this.#setting.drafter;
    ledger.add(name, calls, 2, bytes, flop, ns, attention.bound, origin);
  }
}
