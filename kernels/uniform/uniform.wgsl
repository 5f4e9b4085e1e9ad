// Philox4x32-10 in 32-bit arithmetic: an invocation makes the four draws of one counter, so a draw
// depends on nothing but seed, request, step and index.

fn philox(first: vec4<u32>, seed_key: vec2<u32>) -> vec4<u32> {
  var counter = first;
  var key = seed_key;
  for (var round = 0u; round < 10u; round++) {
    counter = vec4(
      mul_high(0xCD9E8D57u, counter.z) ^ counter.y ^ key.x,
      0xCD9E8D57u * counter.z,
      mul_high(0xD2511F53u, counter.x) ^ counter.w ^ key.y,
      0xD2511F53u * counter.x,
    );
    key += vec2(0x9E3779B9u, 0xBB67AE85u);
  }
  return counter;
}

@compute @workgroup_size(GROUP)
fn draw(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3<u32>,
        @builtin(num_workgroups) groups: vec3<u32>) {
  let quads = (p.draws + 3u) / 4u;
  let index = group_index(group, groups) * GROUP + lane;
  if (index >= p.requests * quads) {
    return;
  }
  let request = index / quads;
  let quad = index % quads;
  let counter = vec4(u32(request_ids[request]), u32(steps[request]), quad, 0u);
  let words = philox(counter, vec2(seed[0], seed[1]));
  for (var i = 0u; i < 4u; i++) {
    let at = quad * 4u + i;
    if (at < p.draws) {
      store_uniforms(request * p.draws + at, f32(words[i] >> 8u) * 0x1p-24f);
    }
  }
}
