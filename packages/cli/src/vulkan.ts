import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AbsentDevice, type Device, isAbsent } from '@beamline/bench';
import { openWebGpu } from '@beamline/bench/webgpu-node';

/**
 * Which Vulkan driver WebGPU runs on in Node. Without a GPU a driver in software does: lavapipe of
 * Mesa 25, else the one inside Chromium. The loader is told by the environment, which processes of
 * the bench inherit.
 */

export type Environment = Record<string, string | undefined>;

export const adapterNames = ['system', 'lavapipe', 'swiftshader'] as const;
export type AdapterName = (typeof adapterNames)[number];

const LAVAPIPE = ['lvp_icd.json', 'lvp_icd.x86_64.json'].map(
  (name) => `/usr/share/vulkan/icd.d/${name}`,
);
const SWIFTSHADER = '/usr/lib/chromium/libvk_swiftshader.so';

/** A description of Chromium's driver that names it by its whole path; null without Chromium. */
function swiftShaderFile(): string | null {
  if (!existsSync(SWIFTSHADER)) return null;
  const path = join(mkdtempSync(join(tmpdir(), 'beamline-vulkan-')), 'swiftshader.json');
  const driver = { library_path: SWIFTSHADER, api_version: '1.0.5' };
  writeFileSync(path, JSON.stringify({ file_format_version: '1.0.0', ICD: driver }));
  return path;
}

/** Tells the loader which driver to take; `system` leaves the choice to it. False: not here. */
export function chooseAdapter(name: AdapterName, environment: Environment): boolean {
  environment['XDG_RUNTIME_DIR'] ??= tmpdir();
  if (name === 'system') return true;
  const lavapipe = LAVAPIPE.find((path) => existsSync(path)) ?? null;
  const file = name === 'lavapipe' ? lavapipe : swiftShaderFile();
  if (file === null) return false;
  environment['VK_DRIVER_FILES'] = file;
  return true;
}

/** The machine's adapter; where the loader finds none and was told nothing, Chromium's. */
export async function openAnyWebGpu(environment: Environment): Promise<Device | AbsentDevice> {
  chooseAdapter('system', environment);
  const device = await openWebGpu();
  if (!isAbsent(device) || environment['VK_DRIVER_FILES'] !== undefined) return device;
  return chooseAdapter('swiftshader', environment) ? openWebGpu() : device;
}
