/** A device made from the visitor's adapter, with all that the kernels can use of it. */
import { type OpenedGpu, requestGpu } from '@beamline/bench/webgpu';
import { adapterOf, titleOf } from './adapter.ts';
import { LabProblem } from './problem.ts';
import type { AdapterChoice } from './protocol.ts';

/** Asks anew each time: an adapter gives one device, and a lost one is gone. */
export async function openGpu(choice: AdapterChoice): Promise<OpenedGpu> {
  const adapter = await adapterOf(choice);
  const { info } = adapter;
  try {
    const device = await requestGpu(adapter);
    return { device, title: titleOf(info), isSoftware: info.isFallbackAdapter };
  } catch (error) {
    throw new LabProblem('no-device', (error as Error).message);
  }
}
