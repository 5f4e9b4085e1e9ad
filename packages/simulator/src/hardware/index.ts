export { type GemmCurve, type Hardware, hardwareNames, hardwareOf, type Link } from './hardware.ts';
