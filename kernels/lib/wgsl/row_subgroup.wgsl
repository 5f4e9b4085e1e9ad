// Exchange inside a workgroup: first inside its subgroups, whatever their size, then between them.
// Invocation i is lane i mod size of subgroup i div size: the device looks whether that holds.

// Invocations of a workgroup; a multiple of 16.
override GROUP: u32 = 256u;

var<workgroup> exchange: array<u32, GROUP>;
var<workgroup> answer: u32;

// One value per subgroup; the first invocation adds them in order.
fn group_sum(lane: u32, x: f32) -> f32 {
  let size = subgroupAdd(1u);
  let sum = subgroupAdd(x);
  if (lane % size == 0u) {
    exchange[lane / size] = bitcast<u32>(sum);
  }
  workgroupBarrier();
  if (lane == 0u) {
    var all = 0.0;
    for (var i = 0u; i < (GROUP + size - 1u) / size; i++) {
      all += bitcast<f32>(exchange[i]);
    }
    answer = bitcast<u32>(all);
  }
  return bitcast<f32>(workgroupUniformLoad(&answer));
}

fn group_max_u(lane: u32, x: u32) -> u32 {
  let size = subgroupAdd(1u);
  let most = subgroupMax(x);
  if (lane % size == 0u) {
    exchange[lane / size] = most;
  }
  workgroupBarrier();
  if (lane == 0u) {
    var all = 0u;
    for (var i = 0u; i < (GROUP + size - 1u) / size; i++) {
      all = max(all, exchange[i]);
    }
    answer = all;
  }
  return workgroupUniformLoad(&answer);
}

// Sums of the invocations before this one (x) and of all (y).
fn group_scan(lane: u32, x: u32) -> vec2<u32> {
  let size = subgroupAdd(1u);
  let before = subgroupExclusiveAdd(x);
  if (lane % size == size - 1u) {
    exchange[lane / size] = before + x;
  }
  workgroupBarrier();
  if (lane == 0u) {
    var all = 0u;
    for (var i = 0u; i < (GROUP + size - 1u) / size; i++) {
      let own = exchange[i];
      exchange[i] = all;
      all += own;
    }
    answer = all;
  }
  let all = workgroupUniformLoad(&answer);
  let others = exchange[lane / size];
  workgroupBarrier();
  return vec2(others + before, all);
}
