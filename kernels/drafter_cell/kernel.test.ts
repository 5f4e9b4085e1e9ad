import { testOperator } from '../test/operator-tests.ts';
import { drafterCellSuite } from './suite.ts';

// The kernels of drafter_cell against their record: see ../test/operator-tests.ts.

testOperator(drafterCellSuite);
