/** What a page needs to verify and time the WGSL kernels: no Node, no libraries. */
export * from './device.ts';
export { referenceDevice } from './devices/reference.ts';
export { type Ceilings, measureCeilings, peaksOfCeilings } from './devices/webgpu-ceilings.ts';
export {
  type OpenedGpu,
  requestGpu,
  WebGpuRunner,
  wantedFeatures,
  webGpuDevice,
} from './devices/webgpu-device.ts';
export * from './filter.ts';
export * from './modes/perf.ts';
export * from './modes/verify.ts';
export * from './record.ts';
export * from './roofline.ts';
export { caseOfSizes, defaultSizes, type Sizes } from './sized-case.ts';
export * from './summary.ts';
export { CaseShelf, idsOf, runVerifyTask, type TaskEvent, verifyRecord } from './task.ts';
