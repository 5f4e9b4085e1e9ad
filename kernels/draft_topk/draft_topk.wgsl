// The best candidates of a row in one read: workgroups cut a row's logits into parts and keep
// the p.list best of each, sorted; one workgroup a row merges those lists; the last pass knows
// the mask's threshold, sums and writes. A list also counts the elements that tie with its last
// and are not in it: all ties with the threshold survive the mask, listed or not.

// p.list: entries of a list, at most 64, the larger of k and keep
// p.each: elements that an invocation looks at


var<workgroup> bins: array<atomic<u32>, 256>;
var<workgroup> list_keys: array<u32, 64>;
var<workgroup> list_tokens: array<u32, 64>;
var<workgroup> listed: atomic<u32>;
var<workgroup> digit: u32;
var<workgroup> missing: u32;
var<workgroup> tied: u32;

// Words of a list: ties beyond it, threshold and sum where a whole row was looked at, then keys,
// then tokens.
const HEAD = 3u;

fn list_words() -> u32 {
  return HEAD + 2u * p.list;
}

// A part of a row: logits, or the entries of lists.
struct Part {
  first: u32, // element, or list
  count: u32,
  token: u32, // of the first element
  is_lists: bool,
}

fn entry_at(part: Part, i: u32) -> u32 {
  return (part.first + i / p.list) * list_words() + HEAD + i % p.list;
}

fn token_at(part: Part, i: u32) -> u32 {
  if (part.is_lists) {
    return parts[entry_at(part, i) + p.list];
  }
  return part.token + i;
}

// Keys of elements behind the part's end are 0, below every float.
fn key_at(part: Part, i: u32) -> u32 {
  if (i >= part.count) {
    return 0u;
  }
  if (part.is_lists) {
    return parts[entry_at(part, i)];
  }
  return key_of(load_logits(part.first + i));
}

// The key of rank wanted (1 is the largest): eight bits a round, counted in 256 bins.
fn select_key(lane: u32, part: Part, wanted: u32) -> u32 {
  var prefix = 0u;
  if (lane == 0u) {
    missing = wanted;
  }
  for (var shift = 24i; shift >= 0; shift -= 8) {
    for (var i = lane; i < 256u; i += GROUP) {
      atomicStore(&bins[i], 0u);
    }
    let left = workgroupUniformLoad(&missing);
    for (var j = 0u; j < p.each; j++) {
      let key = key_at(part, j * GROUP + lane);
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
      tied = own;
    }
    prefix |= workgroupUniformLoad(&digit) << u32(shift);
  }
  return prefix;
}

fn append(key: u32, token: u32) {
  let at = atomicAdd(&listed, 1u);
  list_keys[at] = key;
  list_tokens[at] = token;
}

// Puts the part's best into list_keys and list_tokens, unsorted; gives the ties left out.
fn list_best(lane: u32, part: Part) -> u32 {
  let wanted = min(p.list, part.count);
  let threshold = select_key(lane, part, wanted);
  let needed = workgroupUniformLoad(&missing);
  let ties = workgroupUniformLoad(&tied);
  if (lane == 0u) {
    atomicStore(&listed, 0u);
  }
  if (lane < 64u) {
    list_keys[lane] = 0u;
    list_tokens[lane] = 0xffffffffu;
  }
  workgroupBarrier();
  if (ties == needed) {
    for (var j = 0u; j < p.each; j++) {
      let i = j * GROUP + lane;
      let key = key_at(part, i);
      if (key >= threshold && i < part.count) {
        append(key, token_at(part, i));
      }
    }
    workgroupBarrier();
    return 0u;
  }
  // More ties than places: the first of them, in order.
  var before = 0u;
  for (var j = 0u; j < p.each; j++) {
    let i = j * GROUP + lane;
    let key = key_at(part, i);
    let isTie = key == threshold && i < part.count;
    let rank = group_scan(lane, select(0u, 1u, isTie));
    if (key > threshold || (isTie && before + rank.x < needed)) {
      append(key, token_at(part, i));
    }
    before += rank.y;
  }
  workgroupBarrier();
  return ties - needed;
}

// Writes the list in order: every entry counts those before it.
fn write_list(lane: u32, list: u32, unlisted: u32) {
  let base = list * list_words();
  if (lane < p.list) {
    let key = list_keys[lane];
    let token = list_tokens[lane];
    var rank = 0u;
    for (var i = 0u; i < p.list; i++) {
      let other = list_keys[i];
      let isFirst = list_tokens[i] < token || (list_tokens[i] == token && i < lane);
      rank += select(0u, 1u, other > key || (other == key && isFirst));
    }
    if (lane == 0u) {
      parts[base] = unlisted;
    }
    parts[base + HEAD + rank] = key;
    parts[base + HEAD + p.list + rank] = token;
  }
}

// Lists of parts of GROUP * p.each logits.
@compute @workgroup_size(GROUP)
fn cut(
  @builtin(local_invocation_index) lane: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let list = group_index(group, groups);
  if (list >= p.rows * p.cuts) {
    return;
  }
  let row = list / p.cuts;
  let first = (list % p.cuts) * GROUP * p.each;
  let count = min(GROUP * p.each, p.vocab - first);
  let unlisted = list_best(lane, Part(row * p.vocab + first, count, first, false));
  write_list(lane, list, unlisted);
}

// A row by one workgroup, for any number of values that the mask keeps: the list holds the k best,
// the threshold is looked for apart, and the sum goes over the row.
@compute @workgroup_size(GROUP)
fn whole(
  @builtin(local_invocation_index) lane: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let row = group_index(group, groups);
  if (row >= p.rows) {
    return;
  }
  let part = Part(row * p.vocab, p.vocab, 0u, false);
  let largest = value_of(select_key(lane, part, 1u));
  let threshold = select_key(lane, part, min(p.keep, p.vocab));
  var own = 0.0;
  for (var i = lane; i < p.vocab; i += GROUP) {
    let x = load_logits(part.first + i);
    let key = key_of(x);
    own += select(0.0, exp_of(x - largest), key >= threshold && key > MINUS_INFINITY_KEY);
  }
  let sum = group_sum(lane, own);
  write_list(lane, row, list_best(lane, part));
  if (lane == 0u) {
    parts[row * list_words() + 1u] = threshold;
    parts[row * list_words() + 2u] = bitcast<u32>(sum);
  }
}

// One list of a row out of those of its parts, behind them in the same buffer.
@compute @workgroup_size(GROUP)
fn merge(
  @builtin(local_invocation_index) lane: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let row = group_index(group, groups);
  if (row >= p.rows) {
    return;
  }
  let first = row * p.cuts;
  var unlisted = list_best(lane, Part(first, p.cuts * p.list, 0u, true));
  // What a part did not list ties with its last entry: it counts where that is the last here.
  var last = 0xffffffffu;
  for (var i = 0u; i < p.list; i++) {
    last = min(last, list_keys[i]);
  }
  var more = 0u;
  for (var i = lane; i < p.cuts; i += GROUP) {
    let base = (first + i) * list_words();
    more += select(0u, parts[base], parts[base + HEAD + p.list - 1u] == last);
  }
  unlisted += group_sum_u(lane, more);
  write_list(lane, p.rows * p.cuts + row, unlisted);
}

// Threshold, sums and outputs of a row.
@compute @workgroup_size(GROUP)
fn finish(
  @builtin(local_invocation_index) lane: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let row = group_index(group, groups);
  if (row >= p.rows) {
    return;
  }
  let list = select(row, p.rows * p.cuts + row, p.cuts > 1u);
  let base = list * list_words();
  let k = p.candidates;
  if (p.vocab == 0u) {
    if (lane < k) {
      values[row * k + lane] = MINUS_INFINITY_BITS;
      tokens[row * k + lane] = -1;
    }
    if (lane == 0u) {
      lse[row] = MINUS_INFINITY_BITS;
    }
    return;
  }
  let held = min(p.list, p.vocab);
  let largest = value_of(parts_in[base + HEAD]);
  var threshold = parts_in[base + HEAD + min(p.keep, held) - 1u];
  if (p.is_whole == 1u) {
    threshold = parts_in[base + 1u];
  }
  var key = 0u;
  if (lane < held) {
    key = parts_in[base + HEAD + lane];
  }
  let survives = key >= threshold && lane < held;
  let weight = exp_of(value_of(max(key, MINUS_INFINITY_KEY + 1u)) - largest);
  var sum = group_sum(lane, select(0.0, weight, survives && key > MINUS_INFINITY_KEY));
  let is_last = parts_in[base + HEAD + p.list - 1u] == threshold;
  if (is_last && threshold > MINUS_INFINITY_KEY) {
    sum += f32(parts_in[base]) * exp_of(value_of(threshold) - largest);
  }
  if (p.is_whole == 1u) {
    sum = bitcast<f32>(parts_in[base + 2u]);
  }
  let log_sum = log(sum);
  let survivors = group_sum_u(lane, select(0u, 1u, survives));
  if (lane == 0u) {
    store_lse(row, largest + log_sum);
  }
  if (survives && lane < k) {
    let bits = bitcast<u32>(value_of(key) - largest - log_sum);
    put_values(row * k + lane, select(bits, MINUS_INFINITY_BITS, key <= MINUS_INFINITY_KEY));
    tokens[row * k + lane] = i32(parts_in[base + HEAD + p.list + lane]);
  }
  // Masked tokens fill up, the lowest first: of the first k at least those many are masked.
  var is_masked = false;
  if (lane < min(k, p.vocab)) {
    is_masked = key_of(load_logits(row * p.vocab + lane)) < threshold;
  }
  let place = survivors + group_scan(lane, select(0u, 1u, is_masked)).x;
  if (is_masked && place < k) {
    store_values(row * k + place, -50000.0 - log_sum);
    tokens[row * k + place] = i32(lane);
  }
  if (lane >= p.vocab && lane < k) {
    put_values(row * k + lane, MINUS_INFINITY_BITS);
    tokens[row * k + lane] = -1;
  }
}
