/**
 * Keeps the most probable nodes of all requests' trees within one verification budget. Survival
 * never rises from a parent to its child, so the best nodes are closed under ancestors by
 * themselves.
 * Example: 512 nodes cut to 128 read 8·512 bytes and write 16·128.
 */
import { axis, emptyWork, limits, type Operator, setWork, tensor } from '../record.ts';

type AxisName = 'requests' | 'treeTokens' | 'kept';

export const pruneTree: Operator<AxisName> = {
  name: 'prune_tree',
  summary: "The budget's most probable nodes over the whole batch, re-packed",
  meaning:
    'Keep the `budget` nodes of largest survival; ties go to the lowest (request, node). ' +
    'Roots are always kept, and count. Survival never rises from parent to child. Order ' +
    'inside a request is unchanged; kept = min(ΣT, max(budget, roots)).',
  axes: [
    axis('requests', 'B: requests in the batch', limits.requests),
    axis('treeTokens', 'ΣT: tree tokens of all requests', limits.rows),
    axis('kept', 'nodes kept: the budget, at most ΣT', limits.rows),
  ],
  extents: [],
  inputs: [
    tensor('survival', 'fp32', ['treeTokens'], 'probability that the node is on the accepted path'),
    tensor('parent', 'i32', ['treeTokens'], 'row of the parent inside its tree, −1 at the root'),
    tensor('packed', 'i32', ['treeTokens'], 'tokens'),
    tensor('offsets', 'i32', ['requests + 1'], 'exclusive sums of T'),
    tensor('budget', 'i32', [], 'device scalar'),
  ],
  outputs: [
    tensor('nodes', 'i32', ['kept'], 'rows kept, counted over the whole batch'),
    tensor('parent', 'i32', ['kept'], 'parents inside their tree after re-packing'),
    tensor('depth', 'i32', ['kept'], 'depths'),
    tensor('packed', 'i32', ['kept'], 'tokens'),
    tensor('lengths', 'i32', ['requests'], 'T of each request after the cut'),
    tensor('offsets', 'i32', ['requests + 1'], 'exclusive sums of lengths'),
  ],
  attributes: [],
  source: 'vLLM blog of 2026-08-14 (verification of chains by confidence), carried over to trees',
  cost(axes, _dtypes, into = emptyWork()) {
    const live = axes.requests * axes.treeTokens > 0;
    const bytes = live ? 8 * axes.treeTokens + 16 * axes.kept + 4 * axes.requests : 0;
    return setWork(into, bytes, 0, 0, 2);
  },
};
