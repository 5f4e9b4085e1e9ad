/**
 * A transformer as the cost model reads it, from a HuggingFace-style config: dense or mixture of
 * experts, grouped-query or latent attention (MLA). Names come from fixtures/models.
 *
 * Example: Llama 3.1 8B keeps 2·32·8·128·2 = 131,072 bytes of bf16 KV per token.
 */
import { modelCatalogue } from '@beamline/fixtures';
import { didYouMean, inputError } from '../base/errors.ts';
import type { Origin } from '../run.ts';

/** Mixture of experts of the layers after the first `denseLayers`. */
export interface Experts {
  readonly routed: number;
  readonly active: number;
  readonly shared: number;
  readonly intermediate: number;
  readonly denseLayers: number;
}

/** Multi-head latent attention, DeepSeek-V2 (arXiv 2405.04434), section 2.1. */
export interface LatentAttention {
  /** Rank of the query's compression; 0 = queries are not compressed. */
  readonly queryRank: number;
  readonly kvRank: number;
  readonly nopeDim: number;
  readonly ropeDim: number;
  readonly valueDim: number;
}

export interface Model {
  readonly id: string;
  readonly name: string;
  readonly hidden: number;
  readonly intermediate: number;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly vocab: number;
  readonly maxPositions: number;
  readonly tied: boolean;
  readonly attentionBias: boolean;
  readonly experts: Experts | null;
  readonly latent: LatentAttention | null;
  readonly origin: Origin;
}

export const modelNames: readonly string[] = Object.keys(modelCatalogue);

/** Config fields that are read; others of a config.json are left alone. */
const READ_FIELDS = [
  'hidden_size',
  'intermediate_size',
  'num_hidden_layers',
  'num_attention_heads',
  'num_key_value_heads',
  'head_dim',
  'vocab_size',
  'max_position_embeddings',
  'tie_word_embeddings',
  'num_experts_per_tok',
  'moe_intermediate_size',
  'num_local_experts',
  'num_experts',
  'n_routed_experts',
  'n_shared_experts',
  'first_k_dense_replace',
  'kv_lora_rank',
  'q_lora_rank',
];

class Config {
  readonly fields: Record<string, unknown>;

  constructor(fields: Record<string, unknown>) {
    this.fields = fields;
  }

  has(name: string): boolean {
    return this.fields[name] !== undefined && this.fields[name] !== null;
  }

  /** A positive integer, or the default; without a default the field is required. */
  count(name: string, fallback?: number, least = 1): number {
    if (!this.has(name)) {
      if (fallback !== undefined) return fallback;
      const near = Object.keys(this.fields).find((key) => didYouMean(key, [name]) !== '');
      const hint = near === undefined ? '' : ` Did you mean it by "${near}"?`;
      throw inputError(`the model config has no "${name}".${hint}`);
    }
    const value = this.fields[name];
    if (!Number.isSafeInteger(value) || (value as number) < least) {
      throw inputError(
        `the model config's "${name}" is ${JSON.stringify(value)}; ` +
          `it must be a whole number of at least ${least}.`,
      );
    }
    return value as number;
  }

  flag(name: string): boolean {
    return this.fields[name] === true;
  }
}

function expertsOf(config: Config, intermediate: number): Experts | null {
  const routedName = ['num_local_experts', 'num_experts', 'n_routed_experts'].find((name) =>
    config.has(name),
  );
  if (routedName === undefined) return null;
  const routed = config.count(routedName);
  const active = config.count('num_experts_per_tok');
  if (active > routed) {
    throw inputError(
      `num_experts_per_tok is ${active}, more than the ${routed} experts there are.`,
    );
  }
  return {
    routed,
    active,
    shared: config.count('n_shared_experts', 0, 0),
    intermediate: config.count('moe_intermediate_size', intermediate),
    denseLayers: config.count('first_k_dense_replace', 0, 0),
  };
}

function latentOf(config: Config, headDim: number): LatentAttention | null {
  if (!config.has('kv_lora_rank')) return null;
  return {
    queryRank: config.count('q_lora_rank', 0, 0),
    kvRank: config.count('kv_lora_rank'),
    nopeDim: config.count('qk_nope_head_dim', headDim),
    ropeDim: config.count('qk_rope_head_dim', 64),
    valueDim: config.count('v_head_dim', headDim),
  };
}

function fromConfig(fields: Record<string, unknown>, id: string, origin: Origin): Model {
  const config = new Config(fields);
  const hidden = config.count('hidden_size');
  const heads = config.count('num_attention_heads');
  const kvHeads = config.count('num_key_value_heads', heads);
  if (heads % kvHeads !== 0) {
    throw inputError(
      `num_attention_heads (${heads}) must be a multiple of num_key_value_heads (${kvHeads}).`,
    );
  }
  const headDim = config.count('head_dim', Math.floor(hidden / heads));
  const intermediate = config.count('intermediate_size');
  return {
    id,
    name: typeof fields['name'] === 'string' ? fields['name'] : id,
    hidden,
    intermediate,
    layers: config.count('num_hidden_layers'),
    heads,
    kvHeads,
    headDim,
    vocab: config.count('vocab_size'),
    maxPositions: config.count('max_position_embeddings', 131072),
    tied: config.flag('tie_word_embeddings'),
    attentionBias: config.flag('attention_bias'),
    experts: expertsOf(config, intermediate),
    latent: latentOf(config, headDim),
    origin,
  };
}

/** A model by name or inline config. Throws an input error for unknown names and bad fields. */
export function modelOf(model: string | Record<string, unknown>): Model {
  if (typeof model === 'string') {
    const fixture = Object.hasOwn(modelCatalogue, model) ? modelCatalogue[model] : undefined;
    if (fixture === undefined) {
      throw inputError(
        `model "${model}" is not known.${didYouMean(model, modelNames)} ` +
          `Known: ${modelNames.join(', ')}.`,
      );
    }
    return fromConfig(fixture, fixture.id, fixture.origin);
  }
  const named = model['id'] ?? model['_name_or_path'] ?? model['model_type'];
  const id = typeof named === 'string' && named !== '' ? named : 'inline model';
  checkSpelling(model);
  return fromConfig(model, id, { kind: 'assumed', source: 'config stated in the scenario' });
}

/**
 * A config may hold fields of its own, but not one that is a misspelling of a field that is read.
 */
function checkSpelling(fields: Record<string, unknown>): void {
  for (const key of Object.keys(fields)) {
    if (READ_FIELDS.includes(key)) continue;
    const missing = READ_FIELDS.filter((name) => fields[name] === undefined);
    const near = missing.find(
      (name) => name.length === key.length && didYouMean(key, [name]) !== '',
    );
    if (near !== undefined && differsByOne(key, near)) {
      throw inputError(`the model config has no field "${key}". Did you mean "${near}"?`);
    }
  }
}

function differsByOne(a: string, b: string): boolean {
  let differences = 0;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) differences++;
  return differences <= 2;
}
