// The accepted path of every request: its tokens and rows, its length, and the hidden state of its
// last row. A request without rows has none.

fn is_empty(request: u32) -> bool {
  return p.beams == 0u || offsets[request + 1u] <= offsets[request];
}

fn beam_of(request: u32) -> u32 {
  return (request * p.beams + u32(beam[request])) * p.depth;
}

// An invocation for every position of every path.
@compute @workgroup_size(GROUP)
fn tokens_of(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3<u32>,
             @builtin(num_workgroups) groups: vec3<u32>) {
  let index = group_index(group, groups) * GROUP + lane;
  if (index >= p.requests * p.depth) {
    return;
  }
  let request = index / p.depth;
  let j = i32(index % p.depth);
  var row = -1;
  var token = -1;
  if (!is_empty(request)) {
    let at = beam_of(request) + u32(j);
    let last = accepted[request];
    if (j <= last) {
      row = unpack[at];
    }
    if (j < last) {
      token = packed[offsets[request] + unpack[at + 1u]];
    } else if (j == last) {
      token = bonus[request];
    }
  }
  path[index] = row;
  tokens[index] = token;
}

@compute @workgroup_size(GROUP)
fn lengths_of(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3<u32>,
              @builtin(num_workgroups) groups: vec3<u32>) {
  let request = group_index(group, groups) * GROUP + lane;
  if (request >= p.requests) {
    return;
  }
  var kv = kv_lengths[request];
  if (!is_empty(request)) {
    kv += accepted[request] + 1 - (offsets[request + 1u] - offsets[request]);
  }
  lengths[request] = kv;
  positions[request] = kv;
}

// An invocation for every word of every state, or element where a state ends inside a word.
@compute @workgroup_size(GROUP)
fn states(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3<u32>,
          @builtin(num_workgroups) groups: vec3<u32>) {
  let index = group_index(group, groups) * GROUP + lane;
  if (index >= p.requests * p.units) {
    return;
  }
  let request = index / p.units;
  var bits = 0u;
  if (!is_empty(request)) {
    let row = u32(offsets[request] + unpack[beam_of(request) + u32(accepted[request])]);
    let source = row * p.units + index % p.units;
    if (p.is_words == 1u) {
      bits = word_hidden(source);
    } else {
      bits = raw_hidden(source);
    }
  }
  if (p.is_words == 1u) {
    put_word_hidden_out(index, bits);
  } else {
    put_hidden_out(index, bits);
  }
}
