/** The text of row_portable.wgsl; scripts/wgsl.mjs writes this file. */
export const rowPortableWgsl = `\
// Exchange inside a workgroup through its memory alone: no subgroups are needed.

// Invocations of a workgroup; a multiple of 16.
override GROUP: u32 = 256u;

var<workgroup> exchange: array<u32, GROUP>;
var<workgroup> answer: u32;

// Sixteen invocations sum a sixteenth each, the first sums those: the order is always the same.
fn group_sum(lane: u32, x: f32) -> f32 {
  exchange[lane] = bitcast<u32>(x);
  workgroupBarrier();
  if (lane < 16u) {
    var sum = 0.0;
    for (var i = lane; i < GROUP; i += 16u) {
      sum += bitcast<f32>(exchange[i]);
    }
    exchange[lane] = bitcast<u32>(sum);
  }
  workgroupBarrier();
  if (lane == 0u) {
    var sum = 0.0;
    for (var i = 0u; i < 16u; i++) {
      sum += bitcast<f32>(exchange[i]);
    }
    answer = bitcast<u32>(sum);
  }
  return bitcast<f32>(workgroupUniformLoad(&answer));
}

fn group_max_u(lane: u32, x: u32) -> u32 {
  exchange[lane] = x;
  workgroupBarrier();
  if (lane < 16u) {
    var most = 0u;
    for (var i = lane; i < GROUP; i += 16u) {
      most = max(most, exchange[i]);
    }
    exchange[lane] = most;
  }
  workgroupBarrier();
  if (lane == 0u) {
    var most = 0u;
    for (var i = 0u; i < 16u; i++) {
      most = max(most, exchange[i]);
    }
    answer = most;
  }
  return workgroupUniformLoad(&answer);
}

// Sums of the invocations before this one (x) and of all (y).
fn group_scan(lane: u32, x: u32) -> vec2<u32> {
  let each = GROUP / 16u;
  exchange[lane] = x;
  workgroupBarrier();
  if (lane < 16u) {
    var sum = 0u;
    for (var i = lane * each; i < (lane + 1u) * each; i++) {
      let own = exchange[i];
      exchange[i] = sum;
      sum += own;
    }
    answers[lane] = sum;
  }
  workgroupBarrier();
  var before = 0u;
  var all = 0u;
  for (var i = 0u; i < 16u; i++) {
    before += select(0u, answers[i], i < lane / each);
    all += answers[i];
  }
  if (lane == 0u) {
    answer = all;
  }
  let own = exchange[lane];
  return vec2(before + own, workgroupUniformLoad(&answer));
}

var<workgroup> answers: array<u32, 16>;
`;
