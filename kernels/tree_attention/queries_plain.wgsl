// Queries of 32 bits in blocks: elements 2d and 2d + 1 of four rows lie one behind the other.

const QUERY_VECTORS = 2u; // of four rows' two elements

struct Pair {
  first: vec4<f32>,
  second: vec4<f32>,
}

fn put_queries(at: u32, first: vec4<u32>, second: vec4<u32>) {
  queries[at] = first;
  queries[at + 1u] = second;
}

fn get_queries(at: u32) -> Pair {
  return Pair(bitcast<vec4<f32>>(queries_in[at]), bitcast<vec4<f32>>(queries_in[at + 1u]));
}
