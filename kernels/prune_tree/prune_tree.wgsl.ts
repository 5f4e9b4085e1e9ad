/** The text of prune_tree.wgsl; scripts/wgsl.mjs writes this file. */
export const pruneTreeWgsl = `\
// The most probable nodes of a batch of trees, roots always. One workgroup finds the key of the
// last node that is kept, eight bits a round, and counts the kept rows before every row; ties go to
// lower rows, which a count of ties sees to.

const ROOT_KEY = 0xffffffffu;

var<workgroup> bins: array<atomic<u32>, 256>;
var<workgroup> chosen: vec2<u32>; // digit, and how many are missing below it

fn key_at(row: u32) -> u32 {
  return select(key_of(load_survival(row)), ROOT_KEY, parent[row] < 0);
}

// The key of rank wanted (1 is the largest), and how many rows with it are kept.
fn threshold_of(lane: u32, rows: u32, wanted: u32) -> vec2<u32> {
  var prefix = 0u;
  var missing = wanted;
  for (var round = 0u; round < 4u; round++) {
    let shift = 24u - 8u * round;
    for (var bin = lane; bin < 256u; bin += GROUP) {
      atomicStore(&bins[bin], 0u);
    }
    workgroupBarrier();
    for (var row = lane; row < rows; row += GROUP) {
      let key = key_at(row);
      if (round == 0u || ((key ^ prefix) >> (shift + 8u)) == 0u) {
        atomicAdd(&bins[(key >> shift) & 255u], 1u);
      }
    }
    workgroupBarrier();
    if (lane == 0u) {
      var digit = 255u;
      var rest = missing;
      while (digit > 0u && atomicLoad(&bins[digit]) < rest) {
        rest -= atomicLoad(&bins[digit]);
        digit--;
      }
      chosen = vec2(digit, rest);
    }
    let found = workgroupUniformLoad(&chosen);
    prefix |= found.x << shift;
    missing = found.y;
  }
  return vec2(prefix, missing);
}

@compute @workgroup_size(GROUP)
fn choose(@builtin(local_invocation_index) lane: u32) {
  let rows = min(u32(offsets[p.requests]), p.treeTokens);
  var own = 0u;
  for (var row = lane; row < rows; row += GROUP) {
    own += select(0u, 1u, parent[row] < 0);
  }
  let roots = group_sum_u(lane, own);
  // The same for all; a maximum is known to be.
  let wanted = group_max_u(lane, u32(max(budget[0], i32(roots))));
  var threshold = vec2(0u, 0u); // everything is above it
  if (wanted == 0u) {
    threshold = vec2(ROOT_KEY, 0u);
  } else if (wanted < rows) {
    threshold = threshold_of(lane, rows, wanted);
  }
  var kept = 0u;
  var ties = 0u;
  for (var first = 0u; first < rows; first += GROUP) {
    let row = first + lane;
    var key = 0u;
    if (row < rows) {
      key = key_at(row);
    }
    let is_tie = row < rows && key == threshold.x;
    let tied = group_scan(lane, select(0u, 1u, is_tie));
    let is_kept = row < rows && (key > threshold.x || (is_tie && ties + tied.x < threshold.y));
    let sums = group_scan(lane, select(0u, 1u, is_kept));
    if (row < rows) {
      kept_before[row] = kept + sums.x;
    }
    kept += sums.y;
    ties += tied.y;
  }
  if (lane == 0u) {
    kept_before[rows] = kept;
  }
}

@compute @workgroup_size(GROUP)
fn count(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3<u32>,
         @builtin(num_workgroups) groups: vec3<u32>) {
  let request = group_index(group, groups) * GROUP + lane;
  if (request > p.requests) {
    return;
  }
  let rows = min(u32(offsets[p.requests]), p.treeTokens);
  let start = kept_before_in[min(u32(offsets[request]), rows)];
  offsets_out[request] = i32(start);
  if (request < p.requests) {
    lengths[request] = i32(kept_before_in[min(u32(offsets[request + 1u]), rows)] - start);
  }
}

// An invocation for every row.
@compute @workgroup_size(GROUP)
fn repack(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3<u32>,
          @builtin(num_workgroups) groups: vec3<u32>) {
  let row = group_index(group, groups) * GROUP + lane;
  if (row >= min(u32(offsets[p.requests]), p.treeTokens)) {
    return;
  }
  let to = kept_before_in[row];
  if (kept_before_in[row + 1u] == to || to >= p.kept) {
    return;
  }
  let holder = holder_in_offsets(row);
  let start = u32(offsets[holder]);
  let above = parent[row];
  var levels = 0;
  for (var node = above; node >= 0; node = parent[start + u32(node)]) {
    levels++;
  }
  nodes[to] = i32(row);
  depth[to] = levels;
  packed_out[to] = packed[row];
  if (above < 0) {
    parent_out[to] = -1;
  } else {
    parent_out[to] = i32(kept_before_in[start + u32(above)] - kept_before_in[start]);
  }
}
`;
