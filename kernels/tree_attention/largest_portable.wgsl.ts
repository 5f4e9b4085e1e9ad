/** The text of largest_portable.wgsl; scripts/wgsl.mjs writes this file. */
export const largestPortableWgsl = `\
// Maxima over the lanes of a workgroup, of all rows of a block, through its memory: four lanes for
// each four rows take a quarter each, then every lane takes those four.

const SHARERS = 4u;

var<workgroup> shares: array<vec4<f32>, LANES * QUADS>;
var<workgroup> quarters: array<vec4<f32>, SHARERS * QUADS>;

fn share_largest(lane: u32, own: Block) -> Block {
  for (var i = 0u; i < QUADS; i++) {
    shares[lane * QUADS + i] = own[i];
  }
  workgroupBarrier();
  if (lane < SHARERS * QUADS) {
    var most = shares[lane];
    for (var i = lane; i < p.lanes * QUADS; i += SHARERS * QUADS) {
      most = max(most, shares[i]);
    }
    quarters[lane] = most;
  }
  workgroupBarrier();
  var all: Block;
  for (var i = 0u; i < QUADS; i++) {
    all[i] = max(max(quarters[i], quarters[QUADS + i]),
      max(quarters[2u * QUADS + i], quarters[3u * QUADS + i]));
  }
  return all;
}
`;
