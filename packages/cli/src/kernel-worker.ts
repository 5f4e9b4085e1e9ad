import { Executor } from '@beamline/bench';
import { suites } from '@beamline/kernels/suites';
import { DeviceShelf } from './kernel-libraries.ts';
import type { KernelReply, KernelRequest } from './kernel-pool.ts';

/**
 * A bench process's whole life: take a piece of work, tell of its cases, answer with its result or
 * its error.
 */

const devices = new DeviceShelf();
let executor: Executor | null = null;

const reply = (message: KernelReply) => process.send?.(message);

function execute({ task, environment }: KernelRequest): Promise<unknown> {
  executor ??= new Executor(
    suites,
    (name, kind) => devices.find(name, kind === 'run'),
    environment,
  );
  return executor.execute(task as never, (event) => reply({ kind: 'event', event }));
}

process.on('message', async (request: KernelRequest) => {
  try {
    reply({ kind: 'result', result: await execute(request) });
  } catch (thrown) {
    const error = thrown as Error & { code?: unknown };
    const { message, stack = '', code } = error;
    const known = code === 'input' || code === 'unsupported' ? code : null;
    reply({ kind: 'error', code: known, message, stack });
  }
});
