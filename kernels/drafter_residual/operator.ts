/**
 * One residual block of the drafter's head after its linear layer: x + SiLU(linear(x)).
 * Example: R = 4 rows of E = 8192 in bf16 move 3·4·8192·2 = 196,608 bytes.
 */
import {
  axis,
  bytesPerElement,
  emptyWork,
  limits,
  type Operator,
  setWork,
  tensor,
} from '../record.ts';

type AxisName = 'rows' | 'exit';

export const drafterResidual: Operator<AxisName> = {
  name: 'drafter_residual',
  summary: 'Residual block of the drafter head: x + SiLU(linear(x))',
  meaning: 'y ← x + SiLU(linear), element by element; linear already holds its bias.',
  axes: [
    axis('rows', 'R = B·W: beam rows', limits.rows),
    axis('exit', "E: width of the drafter's head, 2·H by default", limits.hidden),
  ],
  extents: [],
  inputs: [
    tensor('x', 'float', ['rows', 'exit'], 'input of the linear layer'),
    tensor('linear', 'float', ['rows', 'exit'], 'its output, bias included'),
  ],
  outputs: [tensor('y', 'float', ['rows', 'exit'], 'x + SiLU(linear)')],
  attributes: [],
  source: 'ReDrafter, arXiv 2403.09919, section 3.1; apple/ml-recurrent-drafter v1.1',
  cost(axes, dtypes, into = emptyWork()) {
    const elements = axes.rows * axes.exit;
    return setWork(into, 3 * elements * bytesPerElement(dtypes.float), 3 * elements, elements, 1);
  },
};
