/**
 * What drafting adds to a step, by method: the operators of one whole draft for `requests` requests
 * with `beams` × `draftLength` candidates. Attention over a drafter's own KV cache depends on
 * sequence lengths and stands in draft-attention.ts.
 */
import {
  beamStep,
  type Dtypes,
  drafterCell,
  drafterResidual,
  draftTopk,
  packBeams,
  treeMask,
  uniform,
} from '@beamline/kernels';
import type { Model } from '../model/index.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { attentionGeometry } from './attention.ts';
import type { Drafter, LayersDrafter, RecurrentDrafter } from './drafter.ts';
import { type LayerSetting, layers, outputProjection } from './layer.ts';
import type { Ledger } from './ledger.ts';
import type { EngineOverheads } from './overheads.ts';
import type { Pricer } from './pricer.ts';

/** Drafters compute in 16 bits. */
const FLOATS: Dtypes = { float: 'bf16', kv: 'bf16' };
/** draft_topk keeps at most this many continuations of a row. */
const MOST_CANDIDATES = 64;

export interface DraftSetting {
  readonly model: Model;
  readonly drafter: Drafter;
  readonly speculation: Scenario['speculation'];
  readonly overheads: EngineOverheads;
  readonly tensorParallel: number;
}

/** Layers of a drafter as the target's layer code takes them. */
export function drafterLayerSetting(setting: DraftSetting): LayerSetting | null {
  const { shape } = setting.drafter;
  if (shape.kind !== 'layers' && shape.kind !== 'model') return null;
  const model = shape.kind === 'model' ? shape.model : setting.model;
  return {
    model,
    geometry: attentionGeometry(model, setting.tensorParallel),
    weights: 'bf16',
    dtypes: FLOATS,
    tensorParallel: setting.tensorParallel,
    prefix: 'draft_',
    attentionInputs: shape.kind === 'layers' ? shape.attentionInputs : 1,
  };
}

/** Enters the drafter's layers for `rows` rows, without attention over the cache. */
export function drafterLayers(
  ledger: Ledger,
  pricer: Pricer,
  setting: DraftSetting,
  layer: LayerSetting,
  rows: number,
): void {
  const { shape } = setting.drafter;
  if (shape.kind === 'model') {
    layers(ledger, pricer, layer, rows, shape.model.layers, 0);
    return;
  }
  if (shape.kind !== 'layers') return;
  const { hidden } = setting.model;
  const columns = Math.ceil(hidden / setting.tensorParallel);
  pricer.gemm(ledger, 'draft_gemm_fuse', 'bf16', rows, columns, shape.fusedFeatures * hidden);
  pricer.allGather(ledger, 'draft_fuse_gather', 2 * rows * hidden, setting.tensorParallel);
  const sparse = shape.experts ? shape.layers : 0;
  layers(ledger, pricer, layer, rows, shape.layers - sparse, sparse);
}

/** One step of the recurrent drafter for `rows` beam rows: cell, head, residual blocks, top-k. */
function recurrentStep(
  ledger: Ledger,
  pricer: Pricer,
  setting: DraftSetting,
  shape: RecurrentDrafter,
  rows: number,
  candidates: number,
): void {
  const { model, tensorParallel: tp } = setting;
  const { hidden, vocab } = model;
  const { exit } = shape;
  const gather = (name: string, width: number, count = 1) =>
    pricer.allGather(ledger, name, 2 * rows * width, tp, count);
  pricer.stream(ledger, 'draft_embedding', 4 * rows * hidden);
  if (shape.rnn) {
    const columns = Math.ceil(hidden / tp);
    pricer.gemm(ledger, 'draft_gemm_cell', 'bf16', rows, columns, hidden, 2);
    gather('draft_cell_gather', hidden, 2);
    pricer.operator(ledger, drafterCell, { rows, hidden }, FLOATS);
  }
  if (exit !== 2 * hidden) {
    pricer.gemm(ledger, 'draft_gemm_input', 'bf16', rows, Math.ceil(exit / tp), 2 * hidden);
    gather('draft_input_gather', exit);
  }
  const blocks = shape.residualBlocks;
  pricer.gemm(ledger, 'draft_gemm_residual', 'bf16', rows, Math.ceil(exit / tp), exit, blocks);
  gather('draft_residual_gather', exit, blocks);
  pricer.operator(ledger, drafterResidual, { rows, exit }, FLOATS, blocks);
  outputProjection(ledger, pricer, 'draft_lm_head', rows, vocab, exit, tp);
  pricer.operator(ledger, draftTopk, { rows, vocab, candidates }, FLOATS);
}

/** Beams into a tree of at most W·dl + 1 rows a request, and its mask. */
function buildTree(
  ledger: Ledger,
  pricer: Pricer,
  requests: number,
  beams: number,
  draftLength: number,
): void {
  const maxTreeTokens = beams * draftLength + 1;
  const treeTokens = requests * maxTreeTokens;
  pricer.operator(ledger, packBeams, { requests, beams, draftLength, treeTokens }, FLOATS);
  pricer.operator(ledger, treeMask, { treeTokens, maxTreeTokens }, FLOATS);
}

/** Rows of draft step `step` (from 1): one row a request first, then one a beam. */
function rowsAt(step: number, requests: number, beams: number): number {
  return step === 1 ? requests : requests * beams;
}

function recurrent(
  ledger: Ledger,
  pricer: Pricer,
  setting: DraftSetting,
  shape: RecurrentDrafter,
  requests: number,
  beams: number,
  draftLength: number,
): void {
  const { hidden } = setting.model;
  const candidates = Math.min(beams, MOST_CANDIDATES);
  for (let step = 1; step <= draftLength; step++) {
    const rows = rowsAt(step, requests, beams);
    recurrentStep(ledger, pricer, setting, shape, rows, candidates);
    pricer.operator(ledger, beamStep, { requests, beams, candidates, step, hidden }, FLOATS);
  }
  buildTree(ledger, pricer, requests, beams, draftLength);
}

function heads(
  ledger: Ledger,
  pricer: Pricer,
  setting: DraftSetting,
  requests: number,
  beams: number,
  draftLength: number,
): void {
  const { model, tensorParallel: tp, speculation } = setting;
  const { hidden, vocab } = model;
  // In the runtime the heads run before the accepted path is known: on every candidate's row.
  const rows =
    speculation.placement === 'runtime' ? requests * (beams * draftLength + 1) : requests;
  const columns = Math.ceil(hidden / tp);
  pricer.gemm(ledger, 'draft_gemm_residual', 'bf16', rows, columns, hidden, draftLength);
  pricer.allGather(ledger, 'draft_residual_gather', 2 * rows * hidden, tp, draftLength);
  pricer.operator(ledger, drafterResidual, { rows, exit: hidden }, FLOATS, draftLength);
  for (let head = 0; head < draftLength; head++) {
    outputProjection(ledger, pricer, 'draft_lm_head', rows, vocab, hidden, tp);
  }
  const candidates = Math.min(beams, MOST_CANDIDATES);
  const axes = { rows: requests, vocab, candidates };
  pricer.operator(ledger, draftTopk, axes, FLOATS, draftLength);
}

/** Output projection and choice of candidates after a pass of a layered drafter. */
function pickTokens(
  ledger: Ledger,
  pricer: Pricer,
  setting: DraftSetting,
  vocab: number,
  hidden: number,
  rows: number,
  beams: number,
): void {
  outputProjection(ledger, pricer, 'draft_lm_head', rows, vocab, hidden, setting.tensorParallel);
  const candidates = Math.min(beams, MOST_CANDIDATES);
  pricer.operator(ledger, draftTopk, { rows, vocab, candidates }, FLOATS);
}

function layered(
  ledger: Ledger,
  pricer: Pricer,
  setting: DraftSetting,
  shape: LayersDrafter,
  requests: number,
  beams: number,
  draftLength: number,
): void {
  const layer = drafterLayerSetting(setting)!;
  const { hidden } = setting.model;
  if (shape.parallel) {
    const rows = requests * (draftLength + 1);
    drafterLayers(ledger, pricer, setting, layer, rows);
    pickTokens(ledger, pricer, setting, shape.vocab, hidden, requests * draftLength, beams);
    if (shape.markovRank === 0) return;
    for (let step = 1; step <= draftLength; step++) {
      const rank = shape.markovRank;
      const columns = Math.ceil(shape.vocab / setting.tensorParallel);
      pricer.gemm(ledger, 'draft_gemm_markov', 'bf16', requests, columns, rank);
      pricer.stream(ledger, 'draft_confidence', 4 * requests * hidden);
    }
    return;
  }
  for (let step = 1; step <= draftLength; step++) {
    const rows = rowsAt(step, requests, beams);
    drafterLayers(ledger, pricer, setting, layer, rows);
    pickTokens(ledger, pricer, setting, shape.vocab, hidden, rows, beams);
  }
}

/** Enters one draft. Nothing for zero requests, beams or length. */
export function draft(
  ledger: Ledger,
  pricer: Pricer,
  setting: DraftSetting,
  requests: number,
  beams: number,
  draftLength: number,
): void {
  if (requests === 0 || beams === 0 || draftLength === 0) return;
  const { shape, origin } = setting.drafter;
  const { speculation, model } = setting;
  switch (shape.kind) {
    case 'recurrent':
      recurrent(ledger, pricer, setting, shape, requests, beams, draftLength);
      break;
    case 'heads':
      heads(ledger, pricer, setting, requests, beams, draftLength);
      break;
    case 'layers':
      layered(ledger, pricer, setting, shape, requests, beams, draftLength);
      break;
    case 'model': {
      const layer = drafterLayerSetting(setting)!;
      for (let step = 1; step <= draftLength; step++) {
        const rows = rowsAt(step, requests, beams);
        drafterLayers(ledger, pricer, setting, layer, rows);
        pickTokens(ledger, pricer, setting, model.vocab, shape.model.hidden, rows, beams);
      }
      break;
    }
    case 'lookup': {
      const ns = shape.perStepNs + shape.perRequestNs * requests;
      pricer.fixed(ledger, 'draft_lookup', ns, 'host', origin);
      break;
    }
  }
  if (shape.kind !== 'recurrent' && beams > 1) {
    buildTree(ledger, pricer, requests, beams, draftLength);
  }
  if (speculation.sampling !== 'greedy') {
    const draws = beams * draftLength + 1;
    pricer.operator(ledger, uniform, { requests, draws }, FLOATS);
  }
  if (speculation.placement === 'runtime') {
    runtimeTransfers(ledger, pricer, setting, requests, beams, draftLength);
  }
}

/**
 * Drafts handed over to a runtime: the candidates' probabilities are copied to the slot and back
 * (read and written twice), and the host turns around twice a step, for the accepted tokens and for
 * the next inputs.
 */
function runtimeTransfers(
  ledger: Ledger,
  pricer: Pricer,
  setting: DraftSetting,
  requests: number,
  beams: number,
  draftLength: number,
): void {
  const { overheads, model } = setting;
  const bytes = requests * beams * draftLength * model.vocab * 2;
  if (setting.drafter.shape.kind !== 'lookup') {
    pricer.stream(ledger, 'draft_probs_copy', 2 * bytes, 2);
  }
  pricer.fixed(ledger, 'host_round_trip', overheads.roundTripNs, 'host', overheads.origin, 2);
}
