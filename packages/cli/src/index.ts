/** The `beamline` command: `main` for a process of one's own, `runProcess` for the shell's. */
import { main } from './main.ts';
import { nodePorts } from './ports.ts';

export { referencePages } from './docs.ts';
export { main } from './main.ts';
export { nodePorts, type Output, type Ports } from './ports.ts';

export async function runProcess(): Promise<void> {
  process.exitCode = await main(process.argv.slice(2), nodePorts());
}
