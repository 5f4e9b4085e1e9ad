/**
 * Collectives between the GPUs of one replica: latency plus bytes over the achieved link rate. A
 * small all-reduce goes in one pass (every GPU reads all others), a large one in two
 * (reduce-scatter, gather), or through a switch that adds up.
 *
 * Example: 8 H100 over NVLink, 1 MiB: one pass moves 7.3 MB in 46 µs; the switch takes 12 + 4 µs.
 */
import type { Hardware, Link } from '../hardware/index.ts';

/** The link that joins `devices` GPUs: bridges join pairs only, the rest goes over PCIe. */
export function linkFor(hardware: Hardware, devices: number): Link {
  return devices <= hardware.link.peers ? hardware.link : hardware.pcie;
}

/** ns to sum `bytes` over `devices` GPUs, the result on each. */
export function allReduceNs(hardware: Hardware, bytes: number, devices: number): number {
  if (devices < 2 || bytes <= 0) return 0;
  const link = linkFor(hardware, devices);
  const perNs = link.bytesPerSecond * 1e-9;
  const latency = link.latencyNs + devices * link.perPeerNs;
  const onePass = ((devices - 1) * bytes) / perNs;
  const inSwitch = link.reduceBytesPerSecond * 1e-9;
  const rate = inSwitch > 0 ? inSwitch : (perNs * devices) / (2 * (devices - 1));
  const twoPass = link.twoShotNs + bytes / rate;
  return latency + Math.min(onePass, twoPass);
}

/**
 * ns to put together `bytes` (the whole result) from equal parts of `devices` GPUs: the library's
 * gather where it was timed, else the link's own latency and rate.
 */
export function allGatherNs(hardware: Hardware, bytes: number, devices: number): number {
  if (devices < 2 || bytes <= 0) return 0;
  const link = linkFor(hardware, devices);
  const { latencyNs, perPeerNs, bytesPerSecond } = link.gather ?? link;
  const rampNs = link.gather?.rampNs ?? 0;
  const streamed = ((devices - 1) * bytes) / devices / (bytesPerSecond * 1e-9);
  const ramp = (rampNs * streamed) / (streamed + rampNs || 1);
  return latencyNs + devices * perPeerNs + streamed + ramp;
}

/** ns to send `bytes` to the next pipeline stage. */
export function sendNs(hardware: Hardware, bytes: number, devices: number): number {
  if (bytes <= 0) return 0;
  const link = linkFor(hardware, devices);
  return link.latencyNs + link.perPeerNs + bytes / (link.bytesPerSecond * 1e-9);
}
