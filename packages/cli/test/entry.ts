/**
 * The command as a process of its own, from its sources: what bin/beamline.mjs does with the build.
 */
import { runProcess } from '../src/index.ts';

await runProcess();
