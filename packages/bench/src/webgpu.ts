/** What a page needs to verify and time the WGSL kernels: no Node, no libraries. */
export * from './device.ts';
export {
  type OpenedGpu,
  requestGpu,
  WebGpuRunner,
  wantedFeatures,
  webGpuDevice,
} from './devices/webgpu-device.ts';
export * from './filter.ts';
export * from './modes/verify.ts';
export * from './record.ts';
export { CaseShelf, idsOf, runVerifyTask, type TaskEvent, verifyRecord } from './task.ts';
