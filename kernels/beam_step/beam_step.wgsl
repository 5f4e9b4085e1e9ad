// One step of beam search. Of few continuations an invocation each counts those before it, straight
// from the inputs. Of many one workgroup a request chooses: a radix selection over the sums finds
// the last winner's key, winners are listed in order of their flat index, and each counts those
// before it. Ties go to the lower flat index. Histories and states follow by passes of their own.

const DEAD_SCORE = -50000.0;
const BEAMS_MOST = 1024u;

var<workgroup> bins: array<atomic<u32>, 256>;
var<workgroup> digit: u32;
var<workgroup> missing: u32;
var<workgroup> list_keys: array<u32, BEAMS_MOST>;
var<workgroup> list: array<u32, BEAMS_MOST>; // flat indices

fn score_of(request: u32, beam: u32) -> f32 {
  let is_dead = p.step <= 1u && beam > 0u;
  return select(load_scores(request * p.beams + beam), DEAD_SCORE, is_dead);
}

fn sum_of(request: u32, flat: u32) -> f32 {
  let value = load_values(request * p.beams * p.candidates + flat);
  return score_of(request, flat / p.candidates) + value;
}

fn put_winner(request: u32, flat: u32, place: u32) {
  let to = request * p.beams + place;
  store_scores_out(to, sum_of(request, flat));
  parents[to] = i32(flat / p.candidates);
  tokens_out[to] = tokens[request * p.beams * p.candidates + flat];
}

// Few: an invocation for every continuation.
@compute @workgroup_size(GROUP)
fn rank(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3<u32>,
        @builtin(num_workgroups) groups: vec3<u32>) {
  let count = p.beams * p.candidates;
  let index = group_index(group, groups) * GROUP + lane;
  if (index >= p.requests * count) {
    return;
  }
  let request = index / count;
  let flat = index % count;
  let key = key_of(sum_of(request, flat));
  var place = 0u;
  var other = 0u;
  for (var beam = 0u; beam < p.beams; beam++) {
    let score = score_of(request, beam);
    for (var i = 0u; i < p.candidates; i++) {
      let rival = key_of(score + load_values(request * count + other));
      place += select(0u, 1u, rival > key || (rival == key && other < flat));
      other++;
    }
  }
  if (place < p.beams) {
    put_winner(request, flat, place);
  }
}

// None: an invocation for every place.
@compute @workgroup_size(GROUP)
fn fill(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3<u32>,
        @builtin(num_workgroups) groups: vec3<u32>) {
  let place = group_index(group, groups) * GROUP + lane;
  if (place >= p.requests * p.beams) {
    return;
  }
  put_scores_out(place, MINUS_INFINITY_BITS);
  parents[place] = -1;
  tokens_out[place] = -1;
}

// Keys behind the last continuation are 0, below every float.
fn key_at(request: u32, flat: u32) -> u32 {
  if (flat >= p.beams * p.candidates) {
    return 0u;
  }
  return key_of(sum_of(request, flat));
}

// The key of rank p.beams (1 is the largest), eight bits a round counted in 256 bins; behind it
// missing says how many of those with this key win.
fn last_key(lane: u32, request: u32) -> u32 {
  var prefix = 0u;
  if (lane == 0u) {
    missing = p.beams;
  }
  for (var shift = 24i; shift >= 0; shift -= 8) {
    for (var bin = lane; bin < 256u; bin += GROUP) {
      atomicStore(&bins[bin], 0u);
    }
    let left = workgroupUniformLoad(&missing);
    for (var first = 0u; first < p.beams * p.candidates; first += GROUP) {
      let key = key_at(request, first + lane);
      // All bits above those of this round agree; a shift by 32 would be none.
      if (((key ^ prefix) >> u32(shift)) < 256u || shift == 24) {
        atomicAdd(&bins[(key >> u32(shift)) & 255u], 1u);
      }
    }
    workgroupBarrier();
    let own = atomicLoad(&bins[255u - lane]);
    let above = group_scan(lane, own).x;
    if (above < left && left <= above + own) {
      digit = 255u - lane;
      missing = left - above;
    }
    prefix |= workgroupUniformLoad(&digit) << u32(shift);
  }
  return prefix;
}

// Lists the winners in order of their flat index.
fn list_winners(lane: u32, request: u32) {
  let count = p.beams * p.candidates;
  let threshold = last_key(lane, request);
  let needed = workgroupUniformLoad(&missing);
  var above = 0u;
  var tied = 0u;
  for (var first = 0u; first < count; first += GROUP) {
    let key = key_at(request, first + lane);
    let is_above = key > threshold;
    let is_tie = key == threshold;
    // Both counts in one scan, at most 256 each.
    let before = group_scan(lane, select(select(0u, 0x10000u, is_tie), 1u, is_above));
    let ties = tied + (before.x >> 16u);
    if (is_above || (is_tie && ties < needed)) {
      let at = above + (before.x & 0xffffu) + min(ties, needed);
      list_keys[at] = key;
      list[at] = first + lane;
    }
    above += before.y & 0xffffu;
    tied += before.y >> 16u;
  }
  workgroupBarrier();
}

@compute @workgroup_size(GROUP)
fn choose(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3<u32>,
          @builtin(num_workgroups) groups: vec3<u32>) {
  let request = group_index(group, groups);
  if (request >= p.requests) {
    return;
  }
  list_winners(lane, request);
  for (var i = lane; i < p.beams; i += GROUP) {
    let key = list_keys[i];
    var place = 0u;
    for (var other = 0u; other < p.beams; other++) {
      let rival = list_keys[other];
      place += select(0u, 1u, rival > key || (rival == key && other < i));
    }
    put_winner(request, list[i], place);
  }
}

// An invocation for every token of every history.
@compute @workgroup_size(GROUP)
fn follow(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3<u32>,
          @builtin(num_workgroups) groups: vec3<u32>) {
  let index = group_index(group, groups) * GROUP + lane;
  let row = index / (p.step + 1u);
  let j = index % (p.step + 1u);
  if (row >= p.requests * p.beams) {
    return;
  }
  let parent = parents_in[row];
  var token = tokens_out_in[row];
  if (j < p.step && parent >= 0) {
    token = histories[(row / p.beams * p.beams + u32(parent)) * p.step + j];
  }
  histories_out[index] = token;
}

// An invocation for every word of every state, or element where a state ends inside a word.
@compute @workgroup_size(GROUP)
fn gather(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3<u32>,
          @builtin(num_workgroups) groups: vec3<u32>) {
  let index = group_index(group, groups) * GROUP + lane;
  if (index >= p.requests * p.beams * p.units) {
    return;
  }
  let row = index / p.units;
  let parent = parents_in[row];
  var bits = 0u;
  if (parent >= 0) {
    let at = (row / p.beams * p.beams + u32(parent)) * p.units + index % p.units;
    if (p.is_words == 1u) {
      bits = word_states(at);
    } else {
      bits = raw_states(at);
    }
  }
  if (p.is_words == 1u) {
    put_word_states_out(index, bits);
  } else {
    put_states_out(index, bits);
  }
}
