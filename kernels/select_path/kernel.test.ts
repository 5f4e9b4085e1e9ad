import { testOperator } from '../test/operator-tests.ts';
import { selectPathSuite } from './suite.ts';

// The kernels of select_path against their record: see ../test/operator-tests.ts.

testOperator(selectPathSuite);
