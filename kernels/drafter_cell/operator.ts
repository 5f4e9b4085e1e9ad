/**
 * The recurrent cell of the drafter: a plain Elman cell without gates. The two products W·E(t) and
 * U·s are the GEMM library's; this operator adds them, the bias, and applies SiLU, in one pass
 * over the rows.
 * Example: R = 4 rows of H = 4096 in bf16 move 3·4·4096·2 = 98,304 bytes.
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

type AxisName = 'rows' | 'hidden';

export const drafterCell: Operator<AxisName> = {
  name: 'drafter_cell',
  summary: 'Recurrent drafter state: SiLU(W·E(t) + U·s + b)',
  meaning:
    's ← SiLU(embedding_product + state_product + bias), row by row; the bias counts at ' +
    'the first step too.',
  axes: [
    axis('rows', 'R = B·W: beam rows', limits.rows),
    axis('hidden', 'H: hidden size of the target model', limits.hidden),
  ],
  extents: [],
  inputs: [
    tensor('embedding_product', 'float', ['rows', 'hidden'], 'W·E(t)'),
    tensor('state_product', 'float', ['rows', 'hidden'], 'U·s'),
    tensor('bias', 'float', ['hidden'], 'b'),
  ],
  outputs: [tensor('state', 'float', ['rows', 'hidden'], 'the next state')],
  attributes: [],
  source: 'ReDrafter, arXiv 2403.09919, section 3.1; apple/ml-recurrent-drafter v1.1',
  cost(axes, dtypes, into = emptyWork()) {
    const elements = axes.rows * axes.hidden;
    return setWork(into, 3 * elements * bytesPerElement(dtypes.float), 4 * elements, elements, 1);
  },
};
