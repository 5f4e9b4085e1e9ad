import { testOperator } from '../test/operator-tests.ts';
import { draftTopkSuite } from './suite.ts';

// The kernels of draft_topk against their record: see ../test/operator-tests.ts.

testOperator(draftTopkSuite, { checkedRows: 3, checkedEvery: 3 });
