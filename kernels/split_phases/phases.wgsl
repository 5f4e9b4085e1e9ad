// Where every request of a mixed batch goes: context first, then generation, each in its order.
// One workgroup looks at the batch twice: how much is context, then the places.

struct Place {
  request: u32, // in the order of the phases
  row: u32,
}

struct Phase {
  requests: u32,
  rows: u32,
}

fn is_context(request: u32) -> bool {
  return request < p.requests && types[request] == 0;
}

fn rows_of(request: u32) -> u32 {
  return u32(offsets[request + 1u] - offsets[request]);
}

fn context_of_batch(lane: u32) -> Phase {
  var requests = 0u;
  var rows = 0u;
  for (var request = lane; request < p.requests; request += GROUP) {
    if (is_context(request)) {
      requests++;
      rows += rows_of(request);
    }
  }
  return Phase(group_sum_u(lane, requests), group_sum_u(lane, rows));
}

// Place of the request first + lane; before is what of the context lies in front of first,
// and grows by this turn's.
fn place_of(lane: u32, first: u32, context: Phase, before: ptr<function, Phase>) -> Place {
  let request = first + lane;
  let is_own = is_context(request);
  var rows = 0u;
  if (is_own) {
    rows = rows_of(request);
  }
  let requests = group_scan(lane, select(0u, 1u, is_own));
  let sums = group_scan(lane, rows);
  var place = Place((*before).requests + requests.x, (*before).rows + sums.x);
  if (!is_own && request < p.requests) {
    let ahead = u32(offsets[request] - offsets[0]);
    place = Place(context.requests + request - place.request, context.rows + ahead - place.row);
  }
  *before = Phase((*before).requests + requests.y, (*before).rows + sums.y);
  return place;
}
