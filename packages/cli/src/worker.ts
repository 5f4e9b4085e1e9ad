import { parentPort } from 'node:worker_threads';
import type { WorkerReply, WorkerRequest } from './pool.ts';
import { runTask } from './run-task.ts';
import { type LoadedScheduler, loadScheduler } from './schedulers.ts';

/** A worker thread's whole life: take a simulation, answer with its run or its error. */

const port = parentPort;
const reply = (message: WorkerReply) => port?.postMessage(message);
let scheduler: LoadedScheduler | null = null;

function loaded(): LoadedScheduler {
  if (scheduler === null) {
    scheduler = loadScheduler();
    if (scheduler.note !== null) reply({ note: scheduler.note });
  }
  return scheduler;
}

port?.on('message', ({ id, task }: WorkerRequest) => {
  try {
    const onProgress = (completed: number, total: number | null) =>
      reply({ id, progress: { completed, total } });
    reply({ id, run: runTask(task, loaded().create, onProgress) });
  } catch (thrown) {
    const error = thrown as Error & { code?: string };
    const { message, stack = '', code = null } = error;
    reply({ id, error: { code, message, stack } });
  }
});
