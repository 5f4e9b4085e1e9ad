/** The text of largest_subgroup.wgsl; scripts/wgsl.mjs writes this file. */
export const largestSubgroupWgsl = `\
// Maxima over the lanes of a workgroup, of all rows of a block: inside subgroups, then between
// them.

var<workgroup> shares: array<vec4<f32>, LANES * QUADS>;

fn share_largest(lane: u32, own: Block) -> Block {
  let size = subgroupAdd(1u);
  for (var i = 0u; i < QUADS; i++) {
    let most = subgroupMax(own[i]);
    if (lane % size == 0u) {
      shares[lane / size * QUADS + i] = most;
    }
  }
  workgroupBarrier();
  var all: Block;
  for (var i = 0u; i < QUADS; i++) {
    all[i] = shares[i];
    for (var s = 1u; s < (p.lanes + size - 1u) / size; s++) {
      all[i] = max(all[i], shares[s * QUADS + i]);
    }
  }
  return all;
}
`;
