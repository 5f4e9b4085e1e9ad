/** The engine in a worker of its own, so that the page answers while a case computes. */
import { LabEngine } from './engine.ts';
import type { LabRequest } from './protocol.ts';

const engine = new LabEngine((reply) => self.postMessage(reply));

self.onmessage = ({ data }: MessageEvent<LabRequest>) => void engine.hear(data);
