/** The text of drafter_cell.wgsl; scripts/wgsl.mjs writes this file. */
export const drafterCellWgsl = `\
// The drafter's cell: state = SiLU(embedding_product + state_product + bias). Rows lie side by
// side. An invocation takes a pair of elements, so that 16-bit words are written whole, also where
// a pair spans two rows; fp32 inside, one rounding at the end.

@compute @workgroup_size(GROUP)
fn cell(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3<u32>,
        @builtin(num_workgroups) groups: vec3<u32>) {
  let elements = p.rows * p.hidden;
  let at = 2u * (group_index(group, groups) * GROUP + lane);
  if (at >= elements) {
    return;
  }
  let bias = vec2(load_bias(at % p.hidden), load_bias((at + 1u) % p.hidden));
  // Of a lone last element the second half is never written.
  let state = silu(load2_embedding_product(at) + load2_state_product(at) + bias);
  if (at + 1u < elements) {
    store2_state(at, state);
  } else {
    store_state(at, state.x);
  }
}
`;
