// The generated code of every kernel against limits.json; see test/generated-code.ts.
//
//   node scripts/generated-code.mjs          compile what changed, keep the results, check them
//   node scripts/generated-code.mjs --check  check the kept results; compile nothing
import { checkGeneratedCode } from '../test/generated-code.ts';

process.exit(await checkGeneratedCode(process.argv.includes('--check')));
