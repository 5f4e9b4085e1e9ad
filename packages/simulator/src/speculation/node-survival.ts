import { type AcceptanceLaw, conditionalAcceptance } from './mean-acceptance.ts';
import { fromLogOdds, logOdds } from './request-classes.ts';

/**
 * Survival of every node of a draft's tree: the probability that it is on the true path. Exactly
 * one path is true, so the nodes of one depth exclude each other, and the expected number of
 * accepted tokens of a pruned tree is the sum of the survivals that were kept.
 *
 * Model. H(d, w) is the survival at depth d of a draft of w beams, by the same law as the means,
 * for one request class. The best node of a depth has H(d, 1), all its nodes together have H(d, W),
 * and node k adds H(d, w(k)) − H(d, w(k − 1)), where w rises evenly from 1 to W over the depth's
 * nodes. So a tree pruned to the nodes of a smaller shape accepts at least as much as that shape,
 * which is what pruning by confidence gains.
 *
 * Two repairs keep it a tree's: the nodes of a depth are ranked anew where a later one came out
 * better, and no rank is better than the same rank one depth above (what exceeds moves to better
 * ranks). Then rank k can be a child of rank k above, further ones children of rank 1, every child
 * at most its parent: the sorted list holds parents before children, and each of its prefixes is
 * closed under ancestors.
 */

/** The nodes of one class's tree, best first. */
export interface RankedNodes {
  readonly survival: Float64Array;
  /** Depth of each node, from 1. */
  readonly depth: Uint16Array;
}

/**
 * Nodes of the tree of one class. `conditional` holds the class's conditional acceptance by depth
 * at the full width, `nodes` the number of nodes by depth (whole, never falling with depth).
 */
export function rankNodes(
  law: AcceptanceLaw,
  width: number,
  conditional: Float64Array,
  nodes: Uint32Array,
): RankedNodes {
  const depths = conditional.length;
  const levels: Float64Array[] = [];
  let above: Float64Array = Float64Array.of(1);
  for (let d = 1; d <= depths; d++) {
    above = boundedBy(nodesAt(law, width, conditional, d, nodes[d - 1]!), above);
    levels.push(above);
  }
  return sorted(levels);
}

/** H(d, w(k)) − H(d, w(k − 1)) for k = 1 … count. */
function nodesAt(
  law: AcceptanceLaw,
  width: number,
  conditional: Float64Array,
  depth: number,
  count: number,
): Float64Array {
  const level = new Float64Array(count);
  let before = 0;
  for (let k = 1; k <= count; k++) {
    const w = count === 1 ? width : 1 + ((k - 1) * (width - 1)) / (count - 1);
    let reached = 1;
    for (let d = 1; d <= depth; d++) {
      reached *= narrowed(law, width, w, d, conditional[d - 1]!);
    }
    level[k - 1] = Math.max(0, reached - before);
    before = reached;
  }
  return level;
}

/**
 * A class's acceptance at a smaller width: the mean law's change of log-odds, added to the class's
 * own.
 */
function narrowed(law: AcceptanceLaw, width: number, w: number, depth: number, accept: number) {
  if (w >= width || accept <= 0 || accept >= 1) return accept;
  const full = conditionalAcceptance(law, depth, width);
  const narrow = conditionalAcceptance(law, depth, w);
  if (narrow === full || full <= 0 || full >= 1) return accept;
  return fromLogOdds(logOdds(accept) + logOdds(narrow) - logOdds(full));
}

/** Moves what exceeds the same rank of the depth above to better ranks; the total stays. */
function boundedBy(level: Float64Array, above: Float64Array): Float64Array {
  const bounded = Float64Array.from(level);
  let excess = 0;
  for (let k = level.length - 1; k >= 0; k--) {
    const cap = above[Math.min(k, above.length - 1)]!;
    const wanted = level[k]! + excess;
    bounded[k] = Math.min(wanted, cap);
    excess = Math.max(0, wanted - cap);
  }
  return bounded.sort().reverse();
}

function sorted(levels: readonly Float64Array[]): RankedNodes {
  const nodes: { survival: number; depth: number }[] = [];
  levels.forEach((level, i) => {
    for (const survival of level) nodes.push({ survival, depth: i + 1 });
  });
  // The sort is stable: of equal survivals the shallower stays first, a parent before its child.
  nodes.sort((a, b) => b.survival - a.survival);
  return {
    survival: Float64Array.from(nodes, (node) => node.survival),
    depth: Uint16Array.from(nodes, (node) => node.depth),
  };
}
