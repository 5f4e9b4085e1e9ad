/** The test bench: devices (reference, simt, cuda) by modes (verify, fuzz, perf, …). */
export * from './axes.ts';
export * from './device.ts';
export { cudaDevice } from './devices/cuda.ts';
export { referenceDevice } from './devices/reference.ts';
export { simtDevice } from './devices/simt.ts';
export {
  type OpenedGpu,
  WebGpuRunner,
  webGpuDevice,
} from './devices/webgpu-device.ts';
export { BenchError, inputError, unsupportedError } from './error.ts';
export * from './execute.ts';
export * from './filter.ts';
export * from './modes/compare.ts';
export * from './modes/list.ts';
export * from './modes/perf.ts';
export * from './modes/run.ts';
export * from './modes/support.ts';
export * from './modes/verify.ts';
export * from './naive.ts';
export * from './noise.ts';
export * from './record.ts';
export { reportHtml } from './report.ts';
export * from './roofline.ts';
export * from './sized-case.ts';
export { didYouMean } from './spelling.ts';
export * from './summary.ts';
export * from './task.ts';
