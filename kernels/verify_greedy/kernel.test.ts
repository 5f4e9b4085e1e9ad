import { testOperator } from '../test/operator-tests.ts';
import { verifyGreedySuite } from './suite.ts';

// The kernels of verify_greedy against their record: see ../test/operator-tests.ts.

testOperator(verifyGreedySuite);
