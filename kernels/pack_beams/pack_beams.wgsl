// Identical prefixes of a request's beams merged into a tree. A beam shares its first positions
// with the earlier beam that it agrees with longest; behind them its nodes are new. A shared
// position belongs to the first beam that has the same prefix.

// Positions that beams v and w of a request have in common, from the front.
fn agreement(request: u32, v: u32, w: u32) -> u32 {
  let left = (request * p.beams + v) * p.depth_most;
  let right = (request * p.beams + w) * p.depth_most;
  var count = 0u;
  while (count < p.depth_most && beams[left + count] == beams[right + count]) {
    count++;
  }
  return count;
}

// How many positions of every beam are shared, and the rows of the tree. One workgroup a request.
@compute @workgroup_size(GROUP)
fn measure(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3<u32>,
           @builtin(num_workgroups) groups: vec3<u32>) {
  let request = group_index(group, groups);
  if (request >= p.requests) {
    return;
  }
  var fresh = 0u;
  for (var w = lane; w < p.beams; w += GROUP) {
    var most = 0u;
    for (var v = 0u; v < w && most < p.depth_most; v++) {
      most = max(most, agreement(request, v, w));
    }
    shared_positions[request * p.beams + w] = most;
    fresh += p.depth_most - most;
  }
  let rows = group_sum_u(lane, fresh);
  if (lane == 0u) {
    lengths[request] = i32(rows);
  }
}

@compute @workgroup_size(GROUP)
fn add_up(@builtin(local_invocation_index) lane: u32) {
  var carried = 0u;
  for (var first = 0u; first < p.requests; first += GROUP) {
    var own = 0u;
    if (first + lane < p.requests) {
      own = u32(lengths_in[first + lane]);
    }
    let sums = group_scan(lane, own);
    if (first + lane < p.requests) {
      offsets[first + lane] = i32(carried + sums.x);
    }
    carried += sums.y;
  }
  if (lane == 0u) {
    offsets[p.requests] = i32(carried);
  }
}

// The row of every beam's first new node. One workgroup a request.
@compute @workgroup_size(GROUP)
fn number_rows(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3<u32>,
               @builtin(num_workgroups) groups: vec3<u32>) {
  let request = group_index(group, groups);
  if (request >= p.requests) {
    return;
  }
  var carried = 0u;
  for (var first = 0u; first < p.beams; first += GROUP) {
    let w = first + lane;
    var fresh = 0u;
    if (w < p.beams) {
      fresh = p.depth_most - shared_positions_in[request * p.beams + w];
    }
    let sums = group_scan(lane, fresh);
    if (w < p.beams) {
      first_row[request * p.beams + w] = carried + sums.x;
    }
    carried += sums.y;
  }
}

// The row, inside its tree, of position j of beam w.
fn row_of(request: u32, w: u32, j: u32) -> u32 {
  var owner = w;
  if (j < shared_positions_in[request * p.beams + w]) {
    owner = 0u;
    while (agreement(request, owner, w) <= j) {
      owner++;
    }
  }
  let beam = request * p.beams + owner;
  return first_row_in[beam] + j - shared_positions_in[beam];
}

// An invocation for every position of every beam.
@compute @workgroup_size(GROUP)
fn fill(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3<u32>,
        @builtin(num_workgroups) groups: vec3<u32>) {
  let index = group_index(group, groups) * GROUP + lane;
  if (index >= p.requests * p.beams * p.depth_most) {
    return;
  }
  let j = index % p.depth_most;
  let beam = index / p.depth_most;
  let request = beam / p.beams;
  let w = beam % p.beams;
  let row = row_of(request, w, j);
  unpack[index] = i32(row);
  let to = u32(offsets_in[request]) + row;
  if (j < shared_positions_in[beam] || to >= p.treeTokens) {
    return;
  }
  var above = -1;
  if (j > 0u) {
    above = i32(row_of(request, w, j - 1u));
  }
  packed[to] = beams[index];
  depth[to] = i32(j);
  parent[to] = above;
}

// Mask words, where they are wanted: an invocation for every word.
@compute @workgroup_size(GROUP)
fn mask(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3<u32>,
        @builtin(num_workgroups) groups: vec3<u32>) {
  let index = group_index(group, groups) * GROUP + lane;
  let row = index / max(p.stride, 1u);
  let rows = min(u32(offsets_in[p.requests]), p.treeTokens);
  if (p.stride == 0u || row >= rows) {
    return;
  }
  let holder = holder_in_offsets_in(row);
  let start = u32(offsets_in[holder]);
  let word = i32(index % p.stride);
  var bits = 0u;
  var seen = i32(row - start);
  while (seen >= 0) {
    if ((seen >> 5u) == word) {
      bits |= 1u << (u32(seen) & 31u);
    }
    seen = parent_in[start + u32(seen)];
  }
  words[index] = bits;
}
