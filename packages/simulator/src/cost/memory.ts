/**
 * What a replica's memory holds per GPU: weights, drafter, activations, and KV blocks in what is
 * left.
 */
import { kvBytesPerToken, type Model, parametersOf } from '../model/index.ts';
import type { WeightType } from '../scenario/scenario.ts';
import { DRAFT_BYTES, drafterParameters } from './drafter.ts';
import type { EngineSpec } from './engine.ts';

const WEIGHT_BYTES: Readonly<Record<WeightType, number>> = { bf16: 2, fp8: 1, int8: 1, int4: 0.5 };

/** Context, library workspaces and captured graphs of one process. Assumed. */
const RESERVED_BYTES = 2e9;

export interface MemoryPlan {
  /** Per GPU. */
  weightsBytes: number;
  drafterBytes: number;
  activationBytes: number;
  /** Per GPU, target and drafter caches together. */
  kvBytesPerToken: number;
  /** Blocks of the whole replica: every GPU holds its share of each block. */
  kvBlocks: number;
  /** Memory of one GPU. */
  availableBytes: number;
  fits: boolean;
  /** Empty when it fits; else what is needed, what there is, and what would make it fit. */
  why: string;
}

/** Weights per GPU of the largest pipeline stage: its layers and the ends. */
function weightsPerGpu(engine: EngineSpec, model: Model): number {
  const { tensorParallel, pipelineParallel: stages, precision } = engine;
  const counts = parametersOf(model);
  const layersPerStage = Math.ceil(model.layers / stages) / model.layers;
  const layerBytes = counts.layers * layersPerStage * WEIGHT_BYTES[precision.weights];
  // First and last stage hold one end each; with one stage both.
  const ends = stages === 1 || model.tied ? counts.ends : counts.ends / 2;
  return (layerBytes + ends * 2) / tensorParallel;
}

/** KV bytes of a token on one GPU: KV heads are repeated where there are more GPUs than heads. */
function kvPerGpu(engine: EngineSpec): number {
  const { model, precision, tensorParallel, pipelineParallel: stages, drafter } = engine;
  const heads = model.latent === null ? model.kvHeads : 1;
  const share = Math.max(1, Math.floor(heads / tensorParallel)) / heads;
  const layersPerStage = Math.ceil(model.layers / stages) / model.layers;
  const own = kvBytesPerToken(model, precision.kv) * share * layersPerStage;
  return own + (drafter?.kvBytesPerToken ?? 0) * share;
}

/** Buffers that scale with the rows of a step: residual, projections, feed-forward, logits. */
function activationsPerGpu(engine: EngineSpec, maxNumTokens: number): number {
  const { model, tensorParallel } = engine;
  const width = Math.max(
    model.intermediate,
    model.experts === null ? 0 : model.experts.active * model.experts.intermediate,
  );
  const perRow =
    2 * (4 * model.hidden + (3 * width + 4 * model.heads * model.headDim) / tensorParallel);
  const logitRows = Math.min(maxNumTokens, 2048);
  return maxNumTokens * perRow + logitRows * model.vocab * 4;
}

const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;

/** Which single change would make weights and activations fit. */
function remedies(engine: EngineSpec, maxNumTokens: number): string[] {
  const found: string[] = [];
  const fits = (other: EngineSpec) => fixedBytes(other, maxNumTokens) < other.hardware.memoryBytes;
  for (let degree = engine.tensorParallel * 2; degree <= 64; degree *= 2) {
    if (engine.model.heads % degree !== 0) continue;
    if (!fits({ ...engine, tensorParallel: degree })) continue;
    found.push(`hardware.tensorParallel ${degree}`);
    break;
  }
  for (const weights of ['fp8', 'int4'] as const) {
    if (WEIGHT_BYTES[weights] >= WEIGHT_BYTES[engine.precision.weights]) continue;
    if (!fits({ ...engine, precision: { ...engine.precision, weights } })) continue;
    found.push(`precision.weights ${weights}`);
    break;
  }
  return found;
}

function drafterPerGpu(engine: EngineSpec): number {
  const { drafter, model, speculation, tensorParallel } = engine;
  if (drafter === null) return 0;
  const parameters = drafterParameters(model, drafter, speculation.draftLength);
  return (parameters * DRAFT_BYTES) / tensorParallel;
}

function fixedBytes(engine: EngineSpec, maxNumTokens: number): number {
  return (
    weightsPerGpu(engine, engine.model) +
    drafterPerGpu(engine) +
    activationsPerGpu(engine, maxNumTokens) +
    RESERVED_BYTES
  );
}

/**
 * Lays out one GPU's memory. `kvCacheFraction` of what weights, drafter, activations and the
 * reserve leave goes to KV blocks of `tokensPerBlock`, or as much as `stated` blocks take. `fits`
 * is false when not even one block is left, or fewer than were stated.
 */
export function memoryPlan(
  engine: EngineSpec,
  kvCacheFraction: number,
  tokensPerBlock: number,
  maxNumTokens: number,
  stated: number | null = null,
): MemoryPlan {
  const { hardware, model, precision } = engine;
  const weightsBytes = weightsPerGpu(engine, model);
  const drafterBytes = drafterPerGpu(engine);
  const activationBytes = activationsPerGpu(engine, maxNumTokens) + RESERVED_BYTES;
  const perToken = kvPerGpu(engine);
  const availableBytes = hardware.memoryBytes;
  const fixed = weightsBytes + drafterBytes + activationBytes;
  const blocksOf = (share: number) => {
    const left = (availableBytes - fixed) * share;
    return Math.max(0, Math.floor(left / (perToken * tokensPerBlock)));
  };
  const kvBlocks = stated ?? blocksOf(kvCacheFraction);
  const least = stated ?? 1;
  const fits = least <= blocksOf(1);
  let why = '';
  if (!fits) {
    const change = remedies(engine, maxNumTokens);
    const advice =
      change.length > 0
        ? `It would fit with ${change.join(', or ')}.`
        : 'No tensorParallel up to 64 and no weight type alone makes it fit.';
    why =
      `${model.id} in ${precision.weights} does not fit on ${hardware.id} with tensorParallel ` +
      `${engine.tensorParallel} and pipelineParallel ${engine.pipelineParallel}: each GPU needs ` +
      `${gigabytes(fixed)} (weights ${gigabytes(weightsBytes)}, ` +
      `drafter ${gigabytes(drafterBytes)}, ` +
      `activations and reserve ${gigabytes(activationBytes)}) and at least ` +
      `${least === 1 ? 'one KV block' : `${least} KV blocks`} of ` +
      `${gigabytes(perToken * tokensPerBlock)}, and has ${gigabytes(availableBytes)}. ${advice}`;
  }
  return {
    weightsBytes,
    drafterBytes,
    activationBytes,
    kvBytesPerToken: perToken,
    kvBlocks,
    availableBytes,
    fits,
    why,
  };
}
