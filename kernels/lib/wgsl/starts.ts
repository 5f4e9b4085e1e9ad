/**
 * A search among sorted starts, such as the offsets of requests: `startsWgsl('offsets')` gives
 * `holder_in_offsets(row)`, the last of p.requests entries that begins at or before the row, which
 * is the one that holds it, empty ones before it passed over.
 *
 * Example: offsets 0, 3, 3, 7 of three requests: row 2 is held by request 0, row 3 by request 2.
 */
export function startsWgsl(starts: string): string {
  return `
fn holder_in_${starts}(row: u32) -> u32 {
  var low = 0u;
  var high = p.requests - 1u;
  while (low < high) {
    let middle = (low + high + 1u) / 2u;
    if (u32(${starts}[middle]) <= row) {
      low = middle;
    } else {
      high = middle - 1u;
    }
  }
  return low;
}
`;
}
