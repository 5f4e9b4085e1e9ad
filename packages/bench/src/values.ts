/** Many random floats of a type, faster than one by one: a pool of values, drawn from by index. */
import type { Dtype } from '@beamline/kernels';
import type { Stream } from '@beamline/kernels/suites';

const POOL = 4096;

/** `count` values of the type, bell-shaped with standard deviation 1. */
export function roundedValues(stream: Stream, dtype: Dtype, count: number): Float64Array {
  if (count <= POOL) return stream.values(dtype, count);
  const pool = stream.values(dtype, POOL);
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) values[i] = pool[stream.uint32() >>> 20]!;
  return values;
}
