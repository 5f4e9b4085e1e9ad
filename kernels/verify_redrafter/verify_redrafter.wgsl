// The published stochastic rule. follow finds the longest beam of every request and where its
// bonus comes from; residual sums max(p - q, 0) chunk by chunk; draw takes the bonus.

// Behind the chunks of all rows, stats holds what follows from them:
// two words a row at p.totals: maximum and sum of its weights;
// four words a request at p.chosen: row, row of the draft or NOWHERE, beam, tokens that stand.

struct Source {
  start: u32,
  largest: f32,
  scale: f32,
  draft: u32,
  is_residual: bool,
}

fn residual_of(x: f32, log_q: f32, largest: f32, scale: f32) -> f32 {
  return max(exp_of(x - largest) * scale - exp_of(log_q), 0.0);
}

fn weight_at(source: Source, token: u32) -> f32 {
  let x = load_logits(source.start + token);
  var log_q = -1000.0; // no probability
  if (source.is_residual) {
    log_q = load_draft_log_probs(source.draft + token);
  }
  return residual_of(x, log_q, source.largest, source.scale);
}

fn normalise(row: u32) {
  var key = 0u;
  for (var i = row * p.chunks; i < (row + 1u) * p.chunks; i++) {
    key = max(key, stats[2u * i]);
  }
  let largest = value_of(key);
  var sum = 0.0;
  for (var i = row * p.chunks; i < (row + 1u) * p.chunks; i++) {
    sum += bitcast<f32>(stats[2u * i + 1u]) * exp_of(value_of(stats[2u * i]) - largest);
  }
  stats[p.totals + 2u * row] = bitcast<u32>(largest);
  stats[p.totals + 2u * row + 1u] = bitcast<u32>(sum);
}

// Whether u < p / q. Exponentials below -745 are 0 in float64, and a token without any target
// probability never stands.
fn stands(row: u32, token: u32, draft: u32, uniform_at: u32) -> bool {
  let x = load_logits(row * p.vocab + token) - bitcast<f32>(stats[p.totals + 2u * row]);
  let log_q = load_draft_log_probs(draft * p.vocab + token);
  if (!(x > -745.0)) {
    return false;
  }
  let log_p = x - log(bitcast<f32>(stats[p.totals + 2u * row + 1u]));
  // Uniforms above 0 are above exp(-80).
  return log_q < -745.0 || log_p >= log_q
    || load_uniforms(uniform_at) < exp(max(log_p - log_q, -80.0));
}

// The longest of a request's beams; lengths and beams share a key, the lowest beam first.
@compute @workgroup_size(GROUP)
fn follow(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3<u32>,
          @builtin(num_workgroups) groups: vec3<u32>) {
  let request = group_index(group, groups);
  if (request >= p.requests) {
    return;
  }
  let first = u32(offsets[request]);
  let rows = u32(max(offsets[request + 1u] - offsets[request], 0));
  for (var row = first + lane; row < first + rows; row += GROUP) {
    normalise(row);
  }
  storageBarrier();
  var key = 0xffffu;
  for (var beam = lane; beam < select(0u, p.beams, rows > 0u); beam += GROUP) {
    let at = request * p.beams + beam;
    var length = 0u;
    while (length < p.draftLength && p.vocab > 0u) {
      let row = first + u32(unpack[at * (p.draftLength + 1u) + length]);
      let next = first + u32(unpack[at * (p.draftLength + 1u) + length + 1u]);
      let draft = at * p.draftLength + length;
      if (!stands(row, u32(tokens[next]), draft, draft)) {
        break;
      }
      length++;
    }
    key = max(key, (length << 16u) | (0xffffu - beam));
  }
  let longest = group_max_u(lane, key);
  if (lane > 0u) {
    return;
  }
  let length = longest >> 16u;
  let beam = 0xffffu - (longest & 0xffffu);
  let at = request * p.beams + beam;
  var last = first;
  if (p.beams > 0u) {
    last += u32(unpack[at * (p.draftLength + 1u) + length]);
  }
  let is_cut = p.beams > 0u && length < p.draftLength;
  let to = p.chosen + 4u * request;
  stats[to] = select(NOWHERE, last, rows > 0u);
  stats[to + 1u] = select(NOWHERE, at * p.draftLength + length, is_cut && rows > 0u);
  stats[to + 2u] = beam;
  stats[to + 3u] = length;
  accepted[request] = i32(length);
}

// Sums of the residual in every chunk of the requests that draw from it.
@compute @workgroup_size(GROUP)
fn residual(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3<u32>,
            @builtin(num_workgroups) groups: vec3<u32>) {
  let index = group_index(group, groups);
  let request = index / max(p.chunks, 1u);
  if (request >= p.requests) {
    return;
  }
  let row = stats_in[p.chosen + 4u * request];
  let draft = stats_in[p.chosen + 4u * request + 1u];
  if (draft == NOWHERE) {
    return;
  }
  let largest = bitcast<f32>(stats_in[p.totals + 2u * row]);
  let scale = 1.0 / bitcast<f32>(stats_in[p.totals + 2u * row + 1u]);
  let first = (index % p.chunks) * GROUP * p.each;
  let end = min(first + GROUP * p.each, p.vocab);
  var own = 0.0;
  for (var token = first + 2u * lane; token < end; token += 2u * GROUP) {
    let x = pair_at(row * p.vocab + token);
    let at = draft * p.vocab + token;
    own += residual_of(x.x, load_draft_log_probs(at), largest, scale);
    let right = residual_of(x.y, load_draft_log_probs(at + 1u), largest, scale);
    own += select(0.0, right, token + 1u < end);
  }
  let sum = group_sum(lane, own);
  if (lane == 0u) {
    residuals[index] = sum;
  }
}

// The bonus and the path. An empty residual leaves the draw to the target's own distribution.
@compute @workgroup_size(GROUP)
fn draw(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3<u32>,
        @builtin(num_workgroups) groups: vec3<u32>) {
  let request = group_index(group, groups);
  if (request >= p.requests) {
    return;
  }
  let row = stats_in[p.chosen + 4u * request];
  let draft = stats_in[p.chosen + 4u * request + 1u];
  let beam = stats_in[p.chosen + 4u * request + 2u];
  let length = stats_in[p.chosen + 4u * request + 3u];
  let positions = p.draftLength + 1u;
  for (var j = lane; j < positions; j += GROUP) {
    var at = -1;
    if (row != NOWHERE && j <= length) {
      at = 0;
      if (p.beams > 0u) {
        at = unpack[(request * p.beams + beam) * positions + j];
      }
    }
    path[request * positions + j] = at;
  }
  if (row == NOWHERE || p.vocab == 0u) {
    if (lane == 0u) {
      bonus[request] = -1;
    }
    return;
  }
  let largest = bitcast<f32>(stats_in[p.totals + 2u * row]);
  let scale = 1.0 / bitcast<f32>(stats_in[p.totals + 2u * row + 1u]);
  var is_residual = false;
  for (var i = 0u; i < p.chunks && draft != NOWHERE; i++) {
    is_residual |= residuals_in[request * p.chunks + i] > 0.0;
  }
  var weight = softmax_weight(lane, row, largest);
  if (is_residual) {
    weight = 0.0;
    if (lane < p.chunks) {
      weight = residuals_in[request * p.chunks + lane];
    }
  }
  let source = Source(row * p.vocab, largest, scale, draft * p.vocab, is_residual);
  let chunk = place_of(lane, weight, load_bonus_uniforms(request), true);
  // Inside a chunk the target's weights are scaled as the residual's are.
  let rest = chunk.rest * select(scale, 1.0, is_residual);
  let token = token_of(lane, source, chunk.index, rest);
  if (token != ANOTHER) {
    bonus[request] = token;
  }
}
