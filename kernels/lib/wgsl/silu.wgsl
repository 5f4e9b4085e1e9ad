// The activation of the drafter's layers. Its ends are exact whatever the adapter's exponential
// and division do: x above 20, where 1 + exp(-x) is 1, and 0 below -87, -Infinity included.

fn silu(x: vec2<f32>) -> vec2<f32> {
  let middle = x / (1.0 + exp(-clamp(x, vec2(-87.0), vec2(20.0))));
  return select(select(middle, x, x > vec2(20.0)), vec2(0.0), x < vec2(-87.0));
}
