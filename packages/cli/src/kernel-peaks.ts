import type { DeviceTraits, Peaks } from '@beamline/bench';
import { hardwareOf } from '@beamline/simulator';

/**
 * The limits of the hardware that a device is, from the same catalogue that the planner uses. A
 * GPU is known by the name that its driver gives.
 */

/** The first that fits a driver's name; more special names stand first. */
const names: readonly (readonly [RegExp, string])[] = [
  [/H200/, 'h200-sxm'],
  [/H100 PCIe/, 'h100-pcie'],
  [/H100 NVL/, 'h100-nvl'],
  [/H100/, 'h100-sxm'],
  [/A100/, 'a100-sxm'],
  [/B200/, 'b200-sxm'],
  [/L40S/, 'l40s'],
  [/\bL4\b/, 'l4'],
  [/RTX 4090/, 'rtx-4090'],
];

/** The catalogue's name of a GPU, or null where it has none. */
export function hardwareOfDevice(title: string): string | null {
  return names.find(([pattern]) => pattern.test(title))?.[1] ?? null;
}

/** Limits of a GPU by the catalogue's name, or by the device's; null where neither is known. */
export function peaksOf(device: DeviceTraits, gpu: string | null): Peaks | null {
  if (device.isFunctional) return null;
  const name = gpu ?? hardwareOfDevice(device.facts.title);
  if (name === null) return null;
  const hardware = hardwareOf(name);
  return {
    hardware: `${hardware.name} (data sheet)`,
    bytesPerSecond: hardware.memoryBytesPerSecond,
    flopPerSecond: hardware.bf16FlopPerSecond,
    expPerSecond: hardware.expPerSecond,
    launchNs: hardware.kernelNs,
  };
}
