// Queries of 16 bits in blocks: elements 2d and 2d + 1 of a row share a word.

const QUERY_VECTORS = 1u; // of four rows' two elements

struct Pair {
  first: vec4<f32>,
  second: vec4<f32>,
}

fn put_queries(at: u32, first: vec4<u32>, second: vec4<u32>) {
  queries[at] = first | (second << vec4(16u));
}

fn get_queries(at: u32) -> Pair {
  let both = queries_in[at];
  return Pair(widen4_q(both & vec4(0xffffu)), widen4_q(both >> vec4(16u)));
}
