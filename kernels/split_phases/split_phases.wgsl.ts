/** The text of split_phases.wgsl; scripts/wgsl.mjs writes this file. */
export const splitPhasesWgsl = `\
// Context requests first, then generation: indices and offsets by one workgroup, then the rows.

@compute @workgroup_size(GROUP)
fn index(@builtin(local_invocation_index) lane: u32) {
  let context = context_of_batch(lane);
  var before = Phase(0u, 0u);
  for (var first = 0u; first < p.requests; first += GROUP) {
    let place = place_of(lane, first, context, &before);
    if (first + lane < p.requests) {
      indices[place.request] = i32(first + lane);
      phase_offsets[place.request] = i32(place.row);
    }
  }
  if (lane == 0u) {
    counts[0] = i32(context.requests);
    counts[1] = i32(p.requests - context.requests);
    phase_offsets[p.requests] = offsets[p.requests] - offsets[0];
  }
}

// A workgroup moves p.rows_each rows with p.lanes invocations for each, whole words where rows are
// made of them.
@compute @workgroup_size(GROUP)
fn copy(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3<u32>,
        @builtin(num_workgroups) groups: vec3<u32>) {
  let own = lane / p.lanes;
  let row = group_index(group, groups) * p.rows_each + own;
  if (own >= p.rows_each || row >= u32(phase_offsets_in[p.requests])) {
    return;
  }
  let holder = holder_in_phase_offsets_in(row);
  let start = u32(offsets[u32(indices_in[holder])]);
  let source = start + row - u32(phase_offsets_in[holder]);
  for (var i = lane % p.lanes; i < p.row_words; i += p.lanes) {
    put_word_phase_rows(row * p.row_words + i, word_rows(source * p.row_words + i));
  }
  if (p.row_words == 0u) {
    for (var i = lane % p.lanes; i < p.hidden; i += p.lanes) {
      put_phase_rows(row * p.hidden + i, raw_rows(source * p.hidden + i));
    }
  }
}
`;
