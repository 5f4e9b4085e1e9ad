/**
 * What a drafting method adds to a model: its architecture, parameters and KV cache. Drafters stay
 * in 16 bits whatever the target's precision. Where a drafter's exact shape depends on a
 * checkpoint, the default below is marked assumed.
 *
 * Example: ReDrafter on Vicuna 7B (H = 4096, exit 8192, two blocks, rnn) has 430e6 parameters.
 */
import { attentionParameters, type Model, modelOf, parametersOf } from '../model/index.ts';
import type { Origin } from '../run.ts';
import type { DraftMethodName } from '../scenario/scenario.ts';

/** Bytes of a drafter's element. */
export const DRAFT_BYTES = 2;

/**
 * ReDrafter, arXiv 2403.09919; the trainer's values of apple/ml-recurrent-drafter v1.1 by default.
 */
export interface RecurrentDrafter {
  readonly kind: 'recurrent';
  /** Width of the head; 2·H needs no input projection. */
  readonly exit: number;
  readonly residualBlocks: number;
  readonly rnn: boolean;
}

/** Medusa, arXiv 2401.10774: one residual block and output projection per head, drafted at once. */
export interface HeadsDrafter {
  readonly kind: 'heads';
}

/** Transformer layers over target features: EAGLE and its kin, MTP, DFlash, DSpark. */
export interface LayersDrafter {
  readonly kind: 'layers';
  readonly layers: number;
  /** Features of width H that the input projection joins: its inner extent is `fusedFeatures`·H. */
  readonly fusedFeatures: number;
  /** Width of attention's input in units of H. */
  readonly attentionInputs: number;
  /** Output vocabulary; the target's own projection when `ownHead` is false. */
  readonly vocab: number;
  readonly ownHead: boolean;
  /** The target's experts in the drafting layer (MTP of a mixture of experts). */
  readonly experts: boolean;
  /** One pass drafts all positions at once. */
  readonly parallel: boolean;
  /** Low-rank Markov head after a parallel pass: its rank, 0 = none. */
  readonly markovRank: number;
}

/** An independent small model. */
export interface ModelDrafter {
  readonly kind: 'model';
  readonly model: Model;
}

/** Copies what followed the last n tokens before, on the host. */
export interface LookupDrafter {
  readonly kind: 'lookup';
  readonly perStepNs: number;
  readonly perRequestNs: number;
}

export type DrafterShape =
  | RecurrentDrafter
  | HeadsDrafter
  | LayersDrafter
  | ModelDrafter
  | LookupDrafter;

export interface Drafter {
  readonly method: DraftMethodName;
  readonly shape: DrafterShape;
  /** KV bytes per token over all devices; 0 for drafters without a cache. */
  readonly kvBytesPerToken: number;
  readonly origin: Origin;
}

const SMALL_MODEL = {
  id: 'draft-model-1b',
  hidden_size: 2048,
  intermediate_size: 8192,
  num_hidden_layers: 16,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  head_dim: 64,
  tie_word_embeddings: true,
};

function layersDrafter(model: Model, over: Partial<LayersDrafter>): LayersDrafter {
  return {
    kind: 'layers',
    layers: 1,
    fusedFeatures: 2,
    attentionInputs: 1,
    vocab: model.vocab,
    ownHead: false,
    experts: false,
    parallel: false,
    markovRank: 0,
    ...over,
  };
}

function shapeOf(model: Model, method: DraftMethodName): DrafterShape | null {
  // EAGLE-3 drafts over a reduced vocabulary where the target's is large (arXiv 2503.01840).
  const reduced = Math.min(model.vocab, 32000);
  switch (method) {
    case 'none':
      return null;
    case 'redrafter':
      return { kind: 'recurrent', exit: 2 * model.hidden, residualBlocks: 2, rnn: true };
    case 'medusa':
      return { kind: 'heads' };
    case 'eagle':
    case 'eagle-2':
      return layersDrafter(model, {});
    case 'eagle-3':
      return layersDrafter(model, {
        fusedFeatures: 3,
        attentionInputs: 2,
        vocab: reduced,
        ownHead: true,
      });
    case 'p-eagle':
      return layersDrafter(model, {
        fusedFeatures: 3,
        attentionInputs: 2,
        vocab: reduced,
        ownHead: true,
        parallel: true,
      });
    case 'mtp':
      return layersDrafter(model, { experts: model.experts !== null });
    case 'dflash':
      return layersDrafter(model, { layers: 5, fusedFeatures: 5, parallel: true });
    case 'dspark':
      return layersDrafter(model, {
        layers: 5,
        fusedFeatures: 5,
        parallel: true,
        markovRank: 256,
      });
    case 'ngram':
      return { kind: 'lookup', perStepNs: 20_000, perRequestNs: 1_500 };
    case 'draft-model':
      return { kind: 'model', model: modelOf({ ...SMALL_MODEL, vocab_size: model.vocab }) };
  }
}

const SOURCES: Readonly<Record<Exclude<DraftMethodName, 'none'>, Origin>> = {
  redrafter: {
    kind: 'modelled',
    source: 'arXiv 2403.09919; exit 2·H, two blocks, rnn as in apple/ml-recurrent-drafter',
  },
  medusa: { kind: 'modelled', source: 'arXiv 2401.10774; one block and projection per head' },
  eagle: { kind: 'modelled', source: 'arXiv 2401.15077; one layer, shared output projection' },
  'eagle-2': { kind: 'modelled', source: 'arXiv 2406.16858; one layer, dynamic tree' },
  'eagle-3': { kind: 'modelled', source: 'arXiv 2503.01840; one layer, three features, 32k words' },
  'p-eagle': {
    kind: 'assumed',
    source: 'arXiv 2602.01469; the EAGLE-3 layer in one parallel pass',
  },
  mtp: { kind: 'modelled', source: 'arXiv 2412.19437, section 2.2; one layer, shared head' },
  dflash: { kind: 'assumed', source: 'arXiv 2602.06036; one pass, five layers assumed' },
  dspark: { kind: 'assumed', source: 'arXiv 2607.05147; five layers, Markov head of rank 256' },
  ngram: { kind: 'assumed', source: 'host look-up: 20 µs a step and 1.5 µs a request' },
  'draft-model': {
    kind: 'assumed',
    source: 'a 1B-class Llama shape with the vocabulary of the target',
  },
};

/** KV elements per token and layer. */
function kvPerLayer(model: Model): number {
  const { latent } = model;
  return latent === null ? 2 * model.kvHeads * model.headDim : latent.kvRank + latent.ropeDim;
}

/** The default drafter of a method for a model; null for `none`. */
export function drafterOf(model: Model, method: DraftMethodName): Drafter | null {
  const shape = shapeOf(model, method);
  if (shape === null || method === 'none') return null;
  let kvElements = 0;
  if (shape.kind === 'layers') kvElements = shape.layers * kvPerLayer(model);
  if (shape.kind === 'model') kvElements = shape.model.layers * kvPerLayer(shape.model);
  return { method, shape, kvBytesPerToken: kvElements * DRAFT_BYTES, origin: SOURCES[method] };
}

function recurrentParameters(model: Model, shape: RecurrentDrafter): number {
  const { hidden, vocab } = model;
  const { exit } = shape;
  const projection = exit === 2 * hidden ? 0 : 2 * hidden * exit + exit;
  const cell = shape.rnn ? 2 * hidden * hidden + hidden : 0;
  return projection + shape.residualBlocks * (exit * exit + exit) + exit * vocab + cell;
}

function layersParameters(model: Model, shape: LayersDrafter): number {
  const { hidden, experts } = model;
  const attention =
    attentionParameters(model) +
    (shape.attentionInputs - 1) * hidden * (model.heads + 2 * model.kvHeads) * model.headDim;
  const dense = 3 * hidden * model.intermediate;
  const sparse =
    shape.experts && experts !== null
      ? hidden * experts.routed +
        (experts.routed + experts.shared) * 3 * hidden * experts.intermediate
      : dense;
  const fuse = shape.fusedFeatures * hidden * hidden;
  const head = shape.ownHead ? hidden * shape.vocab : 0;
  const markov = shape.markovRank * 2 * shape.vocab;
  return shape.layers * (attention + sparse + 2 * hidden) + fuse + head + markov;
}

/** Parameters that the drafter keeps for itself; `draftLength` heads for Medusa. */
export function drafterParameters(model: Model, drafter: Drafter, draftLength: number): number {
  const { shape } = drafter;
  switch (shape.kind) {
    case 'recurrent':
      return recurrentParameters(model, shape);
    case 'heads':
      return draftLength * (model.hidden * (model.hidden + 1) + model.hidden * model.vocab);
    case 'layers':
      return layersParameters(model, shape);
    case 'model':
      return parametersOf(shape.model).total;
    case 'lookup':
      return 0;
  }
}
