import { testOperator } from '../test/operator-tests.ts';
import { treeAttentionSuite } from './suite.ts';

// The kernels of tree_attention against their record: see ../test/operator-tests.ts.

testOperator(treeAttentionSuite);
