/** The text of compact_kv.wgsl; scripts/wgsl.mjs writes this file. */
export const compactKvWgsl = `\
// The KV rows of an accepted path behind the prefix. An invocation owns one word (or element) of a
// row in one layer, of keys or of values, and moves it for all rows of the path in order: a source
// never stands before its target, so that nothing is overwritten before it was read.

fn row_at(request: u32, position: u32) -> u32 {
  let page = u32(page_table[request * p.maxPages + position / p.tokensPerBlock]);
  return page * 2u * p.tokensPerBlock + position % p.tokensPerBlock;
}

@compute @workgroup_size(GROUP)
fn move_rows(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3<u32>,
             @builtin(num_workgroups) groups: vec3<u32>) {
  let index = group_index(group, groups) * GROUP + lane;
  let column = index % p.units;
  let half = (index / p.units) % 2u;
  let layer = (index / p.units / 2u) % p.layers;
  let request = index / p.units / 2u / p.layers;
  if (request >= p.requests) {
    return;
  }
  let rows = offsets[request + 1u] - offsets[request];
  if (rows <= 0) {
    return;
  }
  let prefix = u32(kv_lengths[request] - rows);
  let base = (layer * p.pages * 2u + half) * p.tokensPerBlock * p.units + column;
  let last = min(u32(accepted[request]), p.depth - 1u);
  for (var j = 1u; j <= last; j++) {
    let row = u32(path[request * p.depth + j]);
    if (row == j) {
      continue;
    }
    let source = base + row_at(request, prefix + row) * p.units;
    let to = base + row_at(request, prefix + j) * p.units;
    if (p.is_words == 1u) {
      put_word_pages(to, word_pages(source));
    } else {
      put_pages(to, raw_pages(source));
    }
  }
}
`;
