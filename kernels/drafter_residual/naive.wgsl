// The same block with an invocation for every element: what the pairs of the other kernel are
// measured against.

@compute @workgroup_size(64)
fn naive(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3<u32>,
         @builtin(num_workgroups) groups: vec3<u32>) {
  let at = group_index(group, groups) * 64u + lane;
  if (at >= p.elements) {
    return;
  }
  store_y(at, load_x(at) + silu(vec2(load_linear(at))).x);
}
