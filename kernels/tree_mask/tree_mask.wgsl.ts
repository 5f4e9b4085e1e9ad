/** The text of tree_mask.wgsl; scripts/wgsl.mjs writes this file. */
export const treeMaskWgsl = `\
// Ancestor bits: an invocation walks from a row to its root and keeps the bits of one word.

@compute @workgroup_size(GROUP)
fn mask(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3<u32>,
        @builtin(num_workgroups) groups: vec3<u32>) {
  let index = group_index(group, groups) * GROUP + lane;
  if (index >= p.treeTokens * p.stride) {
    return;
  }
  let row = index / p.stride;
  let word = i32(index % p.stride);
  let start = u32(offsets[holder_in_offsets(row)]);
  var bits = 0u;
  var seen = i32(row - start);
  while (seen >= 0) {
    if (seen >> 5u == word) {
      bits |= 1u << (u32(seen) & 31u);
    }
    seen = parent[start + u32(seen)];
  }
  words[index] = bits;
}
`;
