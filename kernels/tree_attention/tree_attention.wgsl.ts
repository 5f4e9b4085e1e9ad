/** The text of tree_attention.wgsl; scripts/wgsl.mjs writes this file. */
export const treeAttentionWgsl = `\
// Attention of tree rows over paged KV, split over keys. The rows of a request that share a KV
// head, (token, head of the group), come in blocks of 4 * QUADS; a workgroup takes one block and
// one split of the keys. One pass lays the items of all requests out from their lengths, another
// puts queries into blocks, the third takes as many workgroups as the first one wrote, the last
// adds the splits.
//
// Numbers of four rows lie in one vec4. A lane holds the scores of KEYS keys for all rows of its
// block, then the sums of COLUMNS columns for all rows: a number that was loaded meets 16 others,
// and what all lanes need alike (queries, weights) they read at the same address.

const TILE = KEYS * LANES; // keys a turn
const ROWS = 4u * QUADS;
const LEAST_SPLIT = 512u; // keys
const NOTHING = -3.0e38; // below every score: what a row does not see
const LN_2 = 0.6931471805599453;

// Words of the schedule: workgroups of attend (3), items; then first items and first blocks of the
// requests, and the totals behind them.
const HEAD = 4u;

alias Block = array<vec4<f32>, QUADS>;

var<workgroup> weights: array<vec4<f32>, TILE * QUADS>;
var<workgroup> value_at: array<u32, TILE>;

struct Work {
  rows: u32, // tokens * group
  blocks: u32,
  keys: u32, // L
  split: u32, // keys of a split
  splits: u32,
}

// From a request's own lengths alone, so that its sums are grouped alike in any batch.
fn work_of(request: u32) -> Work {
  let tokens = u32(offsets[request + 1u] - offsets[request]);
  let rows = tokens * p.group;
  let blocks = (rows + ROWS - 1u) / ROWS;
  let keys = select(0u, u32(kv_lengths[request]), rows > 0u);
  let most = clamp(32u / max(blocks, 1u), 4u, 32u);
  let whole = (keys + most - 1u) / most;
  let split = max(LEAST_SPLIT, (whole + TILE - 1u) / TILE * TILE);
  return Work(rows, blocks, keys, split, (keys + split - 1u) / split);
}

@compute @workgroup_size(GROUP)
fn lay_out(@builtin(local_invocation_index) lane: u32) {
  var items = 0u;
  var blocks = 0u;
  for (var base = 0u; base < p.requests; base += GROUP) {
    let request = base + lane;
    var own = Work(0u, 0u, 0u, 0u, 0u);
    if (request < p.requests) {
      own = work_of(request);
    }
    let before = group_scan(lane, own.blocks * own.splits * p.kvHeads);
    let blocks_before = group_scan(lane, own.blocks);
    if (request < p.requests) {
      schedule[HEAD + request] = items + before.x;
      schedule[HEAD + p.requests + 1u + request] = blocks + blocks_before.x;
    }
    items += before.y;
    blocks += blocks_before.y;
  }
  if (lane == 0u) {
    schedule[HEAD + p.requests] = items;
    schedule[HEAD + 2u * p.requests + 1u] = blocks;
    let width = 65535u;
    schedule[0] = min(items, width);
    schedule[1] = (items + width - 1u) / width;
    schedule[2] = 1u;
    schedule[3] = items;
  }
}

// The last request whose first item (or block, by its table) is at most sought and that has any.
fn request_of(table: u32, sought: u32) -> u32 {
  var low = 0u;
  var high = p.requests;
  while (high - low > 1u) {
    let middle = (low + high) / 2u;
    if (schedule_in[table + middle] <= sought) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return low;
}

// Element 0 of a query or an output: row row of a request under KV head head.
fn query_at(request: u32, head: u32, row: u32) -> u32 {
  let token = u32(offsets[request]) + row / p.group;
  return (token * p.queryHeads + head * p.group + row % p.group) * p.headDim;
}

// Queries of a block as they are, four rows to a vector; rows behind the last are 0.
@compute @workgroup_size(64)
fn stage(
  @builtin(local_invocation_index) lane: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let number = group_index(group, groups);
  let table = HEAD + p.requests + 1u;
  if (number >= schedule_in[table + p.requests] * p.kvHeads) {
    return;
  }
  let request = request_of(table, number / p.kvHeads);
  let head = number % p.kvHeads;
  let first = (number / p.kvHeads - schedule_in[table + request]) * ROWS;
  let rows = work_of(request).rows;
  let pairs = p.headDim / 2u * QUADS;
  for (var i = lane; i < pairs; i += 64u) {
    var even = vec4<u32>();
    var odd = vec4<u32>();
    for (var c = 0u; c < 4u; c++) {
      let row = first + 4u * (i % QUADS) + c;
      if (row < rows) {
        let at = query_at(request, head, row) + 2u * (i / QUADS);
        even[c] = raw_q(at);
        odd[c] = raw_q(at + 1u);
      }
    }
    put_queries((number * pairs + i) * QUERY_VECTORS, even, odd);
  }
}

struct Item {
  request: u32,
  head: u32,
  block: u32,
  start: u32, // keys
  end: u32,
}

fn item_of(item: u32) -> Item {
  let request = request_of(HEAD, item);
  let work = work_of(request);
  let own = item - schedule_in[HEAD + request];
  let start = own % work.splits * work.split;
  let block = own / work.splits % work.blocks;
  let end = min(start + work.split, work.keys);
  return Item(request, own / work.splits / work.blocks, block, start, end);
}

// Element 0 of a key; its value lies one half of a page further.
fn key_at(request: u32, head: u32, position: u32) -> u32 {
  let page = u32(page_table[request * p.maxPages + position / p.tokensPerBlock]);
  let slot = page * 2u * p.tokensPerBlock + position % p.tokensPerBlock;
  return (slot * p.kvHeads + head) * p.headDim;
}

// Of four rows' scores of the key at column of the tree, those that the mask shows.
fn masked(scores: vec4<f32>, request: u32, first: u32, column: u32, tokens: u32) -> vec4<f32> {
  var seen = scores;
  for (var c = 0u; c < 4u; c++) {
    let token = min((first + c) / p.group, tokens - 1u);
    let word = words[(u32(offsets[request]) + token) * p.mask_words + column / 32u];
    if (((word >> (column % 32u)) & 1u) == 0u) {
      seen[c] = NOTHING;
    }
  }
  return seen;
}

// Scores, to base 2, of the tile at start for all rows of the block, into weights; gives the
// lane's largest.
// Key k of a lane is LANES * k + lane of the tile.
fn score(lane: u32, item: Item, block: u32, start: u32) -> Block {
  let to_value = p.tokensPerBlock * p.kvHeads * p.headDim;
  var key: array<u32, KEYS>;
  for (var k = 0u; k < KEYS; k++) {
    key[k] = key_at(item.request, item.head, min(start + LANES * k + lane, item.end - 1u));
    value_at[LANES * k + lane] = key[k] + to_value;
  }
  var scores: array<Block, KEYS>;
  var at = block * (p.headDim / 2u) * QUADS * QUERY_VECTORS;
  for (var d = 0u; d < p.headDim; d += 2u) {
    var two: array<vec2<f32>, KEYS>;
    for (var k = 0u; k < KEYS; k++) {
      two[k] = load2_pages(key[k] + d);
    }
    for (var i = 0u; i < QUADS; i++) {
      let pair = get_queries(at + i * QUERY_VECTORS);
      for (var k = 0u; k < KEYS; k++) {
        let half = fma(pair.first, vec4(two[k].x), scores[k][i]);
        scores[k][i] = fma(pair.second, vec4(two[k].y), half);
      }
    }
    at += QUADS * QUERY_VECTORS;
  }
  for (var k = 0u; k < KEYS; k++) {
    for (var i = 0u; i < QUADS; i++) {
      weights[(LANES * k + lane) * QUADS + i] = scores[k][i] * p.score_scale;
    }
  }
  return mask_tail(lane, item, start);
}

// What a row does not see counts as nothing: keys behind the end, and those that the mask hides.
// Loops to a number of the parameter block are not unrolled: some compilers take minutes over that.
fn mask_tail(lane: u32, item: Item, start: u32) -> Block {
  let tokens = u32(offsets[item.request + 1u] - offsets[item.request]);
  let prefix = u32(kv_lengths[item.request]) - tokens;
  if (start + TILE > min(prefix, item.end)) {
    for (var turn = 0u; turn < p.turns; turn++) {
      let key = LANES * (turn / QUADS) + lane;
      let at = key * QUADS + turn % QUADS;
      if (start + key >= item.end) {
        weights[at] = vec4(NOTHING);
      } else if (start + key >= prefix) {
        let row = item.block * ROWS + 4u * (turn % QUADS);
        weights[at] = masked(weights[at], item.request, row, start + key - prefix, tokens);
      }
    }
  }
  var largest: Block;
  for (var i = 0u; i < QUADS; i++) {
    largest[i] = vec4(NOTHING);
  }
  for (var k = 0u; k < p.turns; k += QUADS) {
    for (var i = 0u; i < QUADS; i++) {
      largest[i] = max(largest[i], weights[(LANES * (k / QUADS) + lane) * QUADS + i]);
    }
  }
  return largest;
}

fn weight_of(score: vec4<f32>, largest: vec4<f32>) -> vec4<f32> {
  return select(vec4(0.0), exp2(score - largest), score > vec4(0.5 * NOTHING));
}

@compute @workgroup_size(LANES)
fn attend(
  @builtin(local_invocation_index) lane: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let number = group_index(group, groups);
  if (number >= schedule_in[3]) {
    return;
  }
  let item = item_of(number);
  let table = HEAD + p.requests + 1u;
  let block = (schedule_in[table + item.request] + item.block) * p.kvHeads + item.head;
  let column = min(lane * COLUMNS, p.headDim - COLUMNS);
  var sums: array<Block, COLUMNS>;
  var largest: Block;
  var sum: Block;
  for (var i = 0u; i < QUADS; i++) {
    largest[i] = vec4(NOTHING);
  }
  for (var start = item.start; start < item.end; start += TILE) {
    let own = score(lane, item, block, start);
    let tile = share_largest(lane, own);
    for (var i = 0u; i < QUADS; i++) {
      let most = max(largest[i], tile[i]);
      let factor = weight_of(largest[i], most);
      largest[i] = most;
      sum[i] *= factor;
      for (var c = 0u; c < COLUMNS; c++) {
        sums[c][i] *= factor;
      }
    }
    for (var k = 0u; k < p.turns; k += QUADS) {
      for (var i = 0u; i < QUADS; i++) {
        let at = (LANES * (k / QUADS) + lane) * QUADS + i;
        let weight = weight_of(weights[at], largest[i]);
        weights[at] = weight;
        sum[i] += weight;
      }
    }
    workgroupBarrier();
    let count = min(TILE, item.end - start);
    for (var key = 0u; key < count; key++) {
      let at = value_at[key] + column;
      var value: array<f32, COLUMNS>;
      for (var c = 0u; c < COLUMNS; c += 2u) {
        let two = load2_pages(at + c);
        value[c] = two.x;
        value[c + 1u] = two.y;
      }
      for (var i = 0u; i < QUADS; i++) {
        let weight = weights[key * QUADS + i];
        for (var c = 0u; c < COLUMNS; c++) {
          sums[c][i] = fma(weight, vec4(value[c]), sums[c][i]);
        }
      }
    }
    workgroupBarrier();
  }
  put_item(lane, number, largest, sum, &sums);
}

// Sums of the lanes in order, then all numbers of the item.
fn put_item(
  lane: u32,
  number: u32,
  largest: Block,
  sum: Block,
  sums: ptr<function, array<Block, COLUMNS>>,
) {
  let base = number * (2u + p.headDim) * QUADS;
  for (var i = 0u; i < QUADS; i++) {
    weights[lane * QUADS + i] = sum[i];
    if (lane == 0u) {
      partial[base + i] = largest[i];
    }
    if (lane * COLUMNS < p.headDim) {
      for (var c = 0u; c < COLUMNS; c++) {
        partial[base + (2u + lane * COLUMNS + c) * QUADS + i] = (*sums)[c][i];
      }
    }
  }
  workgroupBarrier();
  if (lane < QUADS) {
    var all = vec4<f32>();
    for (var i = 0u; i < p.lanes; i++) {
      all += weights[i * QUADS + lane];
    }
    partial[base + QUADS + lane] = all;
  }
}

struct Totals {
  largest: vec4<f32>,
  sum: vec4<f32>,
}

// Maximum and sum of four rows over the splits of a block.
fn totals_of(first: u32, splits: u32, quad: u32) -> Totals {
  let stride = (2u + p.headDim) * QUADS;
  var most = vec4(NOTHING);
  for (var s = 0u; s < splits; s++) {
    most = max(most, partial_in[(first + s) * stride + quad]);
  }
  var sum = vec4<f32>();
  for (var s = 0u; s < splits; s++) {
    let at = (first + s) * stride + quad;
    sum += partial_in[at + QUADS] * exp2(partial_in[at] - most);
  }
  return Totals(most, sum);
}

@compute @workgroup_size(64)
fn combine(
  @builtin(local_invocation_index) lane: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let number = group_index(group, groups);
  let table = HEAD + p.requests + 1u;
  if (number >= schedule_in[table + p.requests] * p.kvHeads) {
    return;
  }
  let request = request_of(table, number / p.kvHeads);
  let head = number % p.kvHeads;
  let block = number / p.kvHeads - schedule_in[table + request];
  let work = work_of(request);
  let first = schedule_in[HEAD + request] + (head * work.blocks + block) * work.splits;
  let stride = (2u + p.headDim) * QUADS;
  for (var i = 0u; i < QUADS; i++) {
    let totals = totals_of(first, work.splits, i);
    let factor = select(vec4(0.0), p.valueScale / totals.sum, totals.sum > vec4(0.0));
    for (var pair = lane; pair < p.headDim / 2u; pair += 64u) {
      var left = vec4<f32>();
      var right = vec4<f32>();
      for (var s = 0u; s < work.splits; s++) {
        let base = (first + s) * stride + i;
        let share = exp2(partial_in[base] - totals.largest) * factor;
        let at = base + (2u + 2u * pair) * QUADS;
        left = fma(partial_in[at], share, left);
        right = fma(partial_in[at + QUADS], share, right);
      }
      for (var c = 0u; c < 4u; c++) {
        let row = block * ROWS + 4u * i + c;
        if (row < work.rows) {
          store2_o(query_at(request, head, row) + 2u * pair, vec2(left[c], right[c]));
        }
      }
    }
    let row = block * ROWS + 4u * i + lane;
    if (lane < 4u && row < work.rows) {
      let at = query_at(request, head, row) / p.headDim;
      let seen = totals.sum[lane] > 0.0;
      let value = (totals.largest[lane] + log2(totals.sum[lane])) * LN_2;
      put_lse(at, select(MINUS_INFINITY_BITS, bitcast<u32>(value), seen));
    }
  }
}
`;
