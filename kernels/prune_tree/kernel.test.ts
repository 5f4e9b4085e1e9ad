import { testOperator } from '../test/operator-tests.ts';
import { pruneTreeSuite } from './suite.ts';

// The kernels of prune_tree against their record: see ../test/operator-tests.ts.

testOperator(pruneTreeSuite);
