// Exclusive sums of any number of lengths by one workgroup: it walks over the batch, GROUP * EACH
// lengths a turn, and carries sum and maximum along.

override EACH: u32 = 8u;

@compute @workgroup_size(GROUP)
fn scan(@builtin(local_invocation_index) lane: u32) {
  var carried = 0u;
  var most = 0u;
  for (var base = 0u; base < p.requests; base += GROUP * EACH) {
    let first = base + lane * EACH;
    var own = 0u;
    for (var i = first; i < min(first + EACH, p.requests); i++) {
      own += u32(lengths[i]);
      most = max(most, u32(lengths[i]));
    }
    let sums = group_scan(lane, own);
    var at = carried + sums.x;
    for (var i = first; i < min(first + EACH, p.requests); i++) {
      offsets[i] = i32(at);
      at += u32(lengths[i]);
    }
    carried += sums.y;
  }
  let longest = group_max_u(lane, most);
  if (lane == 0u) {
    offsets[p.requests] = i32(carried);
    total[0] = i32(carried);
    max_[0] = i32(longest);
  }
}
