/** The text of drafter_residual.wgsl; scripts/wgsl.mjs writes this file. */
export const drafterResidualWgsl = `\
// The head's residual block after its linear layer: y = x + SiLU(linear). Rows lie side by side, so
// the whole tensor is one long row. An invocation takes a pair of elements, so that 16-bit words
// are written whole; fp32 inside, one rounding at the end.

@compute @workgroup_size(GROUP)
fn residual(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3<u32>,
            @builtin(num_workgroups) groups: vec3<u32>) {
  let at = 2u * (group_index(group, groups) * GROUP + lane);
  if (at >= p.elements) {
    return;
  }
  // Of a lone last element the second half is never written.
  let y = load2_x(at) + silu(load2_linear(at));
  if (at + 1u < p.elements) {
    store2_y(at, y);
  } else {
    store_y(at, y.x);
  }
}
`;
