/** Holds an engine's measured operators against what the model says of the same calls. */
import { AttentionCost } from './attention.ts';
import type { EngineSpec } from './engine.ts';
import type { AxesOf, MeasuredRatios } from './measured.ts';
import { Pricer } from './pricer.ts';

const ATTENTION_AXES = ['requests', 'treeTokens', 'kvTokens', 'queryHeads', 'kvHeads', 'headDim'];

function attentionNs(engine: EngineSpec, axes: AxesOf): number {
  for (const name of ATTENTION_AXES) if (!(axes[name]! > 0)) return 0;
  const { queryHeads, kvHeads, headDim, requests, treeTokens, kvTokens } = axes as Record<
    string,
    number
  >;
  const geometry = {
    heads: queryHeads!,
    kvHeads: kvHeads!,
    headDim: headDim!,
    contextHeadDim: headDim!,
    contextKvHeads: kvHeads!,
    storedElements: 2 * kvHeads! * headDim!,
  };
  const tokensPerBlock = axes['tokensPerBlock'] ?? engine.tokensPerBlock;
  const { hardware, precision } = engine;
  const attention = new AttentionCost(hardware, geometry, precision.kv, tokensPerBlock, null);
  return attention.generation(requests!, treeTokens!, kvTokens! - treeTokens!);
}

/** Ratios of measured over modelled time; null without records. */
export function ratiosOf(engine: EngineSpec): MeasuredRatios | null {
  if (engine.measured === undefined || engine.measured.records.length === 0) return null;
  const pricer = new Pricer(engine.hardware, null);
  const { kv, weights } = engine.precision;
  return engine.measured.against((operator, axes) =>
    operator === 'tree_attention'
      ? attentionNs(engine, axes)
      : pricer.modelledNs(operator, axes, { float: 'bf16', kv }, weights),
  );
}
