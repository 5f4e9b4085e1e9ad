// The same candidates as the meaning reads: an invocation for each row keeps a sorted list while it
// goes over the logits, as often as the mask needs lists for its threshold, then once for the sum
// and once for the best k. Takes every case; the other kernels are measured against it.

const LIST = 64u; // as many as k may be

var<private> keys: array<u32, LIST>; // 0 for none
var<private> listed: array<u32, LIST>;

// Lists a row's best behind a given one, the lowest token first on ties.
fn list_behind(row: u32, last: u32, last_token: u32) {
  keys = array<u32, LIST>();
  for (var token = 0u; token < p.vocab; token++) {
    let key = key_of(load_logits(row * p.vocab + token));
    let is_behind = key < last || (key == last && token > last_token);
    if (!is_behind || key <= keys[LIST - 1u]) {
      continue;
    }
    var at = LIST - 1u;
    while (at > 0u && keys[at - 1u] < key) {
      keys[at] = keys[at - 1u];
      listed[at] = listed[at - 1u];
      at--;
    }
    keys[at] = key;
    listed[at] = token;
  }
}

@compute @workgroup_size(64)
fn naive(
  @builtin(local_invocation_index) lane: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let row = group_index(group, groups) * 64u + lane;
  if (row >= p.rows) {
    return;
  }
  let wanted = min(p.keep, p.vocab);
  var threshold = 0xffffffffu;
  var last_token = 0u;
  for (var counted = 0u; counted < wanted; counted += LIST) {
    list_behind(row, threshold, last_token);
    let at = min(wanted - counted, LIST) - 1u;
    threshold = keys[at];
    last_token = listed[at];
  }
  list_behind(row, 0xffffffffu, 0u);
  let has_weight = keys[0] > MINUS_INFINITY_KEY;
  let largest = select(0.0, value_of(keys[0]), has_weight);
  var sum = 0.0;
  for (var token = 0u; token < p.vocab; token++) {
    let x = load_logits(row * p.vocab + token);
    let key = key_of(x);
    sum += select(0.0, exp_of(x - largest), key >= threshold && key > MINUS_INFINITY_KEY);
  }
  let log_sum = log(select(1.0, sum, has_weight));
  if (has_weight) {
    store_lse(row, largest + log_sum);
  } else {
    put_lse(row, MINUS_INFINITY_BITS);
  }
  var masked = 0u; // where to look for the next masked token
  for (var place = 0u; place < p.candidates; place++) {
    let to = row * p.candidates + place;
    let key = keys[place];
    if (key >= threshold) {
      let bits = bitcast<u32>(value_of(key) - largest - log_sum);
      put_values(to, select(MINUS_INFINITY_BITS, bits, key > MINUS_INFINITY_KEY));
      tokens[to] = i32(listed[place]);
      continue;
    }
    while (masked < p.vocab && key_of(load_logits(row * p.vocab + masked)) >= threshold) {
      masked++;
    }
    if (masked < p.vocab) {
      store_values(to, -50000.0 - log_sum);
      tokens[to] = i32(masked);
      masked++;
    } else {
      put_values(to, MINUS_INFINITY_BITS);
      tokens[to] = -1;
    }
  }
}
