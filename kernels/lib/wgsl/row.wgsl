// Exchange inside a workgroup on top of either form: derived from group_sum, group_max_u and
// group_scan. Every function ends behind a barrier of the whole workgroup.

fn group_sum_u(lane: u32, x: u32) -> u32 {
  return group_scan(lane, x).y;
}

// Of floats, infinities included; -Infinity when all are.
fn group_max(lane: u32, x: f32) -> f32 {
  return value_of(group_max_u(lane, key_of(x)));
}

fn group_min_u(lane: u32, x: u32) -> u32 {
  return ~group_max_u(lane, ~x);
}

// The largest key and, of those that hold it, the lowest index. A key of 0 stands for nothing.
fn group_best(lane: u32, key: u32, index: u32) -> vec2<u32> {
  let best = group_max_u(lane, key);
  return vec2(best, group_min_u(lane, select(0xffffffffu, index, key == best)));
}
