// Rows that stand context first back into the order of the batch.

@compute @workgroup_size(GROUP)
fn index(@builtin(local_invocation_index) lane: u32) {
  let context = context_of_batch(lane);
  var before = Phase(0u, 0u);
  for (var first = 0u; first < p.requests; first += GROUP) {
    let place = place_of(lane, first, context, &before);
    if (first + lane < p.requests) {
      indices[first + lane] = i32(place.request);
      first_row[first + lane] = place.row;
    }
  }
}

// A workgroup moves p.rows_each rows with p.lanes invocations for each, whole words where rows are
// made of them.
@compute @workgroup_size(GROUP)
fn copy(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3<u32>,
        @builtin(num_workgroups) groups: vec3<u32>) {
  let own = lane / p.lanes;
  let row = u32(offsets[0]) + group_index(group, groups) * p.rows_each + own;
  if (own >= p.rows_each || row >= u32(offsets[p.requests])) {
    return;
  }
  let holder = holder_in_offsets(row);
  let source = first_row_in[holder] + row - u32(offsets[holder]);
  for (var i = lane % p.lanes; i < p.row_words; i += p.lanes) {
    put_word_rows(row * p.row_words + i, word_phase_rows(source * p.row_words + i));
  }
  if (p.row_words == 0u) {
    for (var i = lane % p.lanes; i < p.hidden; i += p.lanes) {
      put_rows(row * p.hidden + i, raw_phase_rows(source * p.hidden + i));
    }
  }
}
