// The same cell with an invocation for every element: what the pairs of the other kernel are
// measured against.

@compute @workgroup_size(64)
fn naive(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3<u32>,
         @builtin(num_workgroups) groups: vec3<u32>) {
  let at = group_index(group, groups) * 64u + lane;
  if (at >= p.rows * p.hidden) {
    return;
  }
  let sum = load_embedding_product(at) + load_state_product(at) + load_bias(at % p.hidden);
  store_state(at, silu(vec2(sum)).x);
}
