// A Vulkan driver in software, so that the WebGPU kernels run on a machine without a GPU. Dawn
// refuses the Mesa of Debian 12 (22.3); the one of bookworm-backports (25.0) it takes. Newer
// releases of Debian and its kin have a Mesa that is new enough.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const drivers = '/usr/share/vulkan/icd.d';
const sources = '/etc/apt/sources.list.d';
export const vulkanPackages = ['libvulkan1', 'mesa-vulkan-drivers'];

/** Whether lavapipe is installed; its description names the machine in some releases. */
export function hasVulkanDriver() {
  return existsSync(drivers) && readdirSync(drivers).some((name) => name.startsWith('lvp_icd'));
}

function output(command, args) {
  try {
    return execFileSync(command, args, { stdio: ['ignore', 'pipe', 'ignore'] }).toString();
  } catch {
    return '';
  }
}

function codename() {
  const release = '/etc/os-release';
  if (!existsSync(release)) return '';
  return /^VERSION_CODENAME=(.*)$/m.exec(readFileSync(release, 'utf8'))?.[1] ?? '';
}

/**
 * On Debian 12 the suite that the driver comes from, out of the mirror that apt already uses;
 * written to a file of its own where no list names it yet. Null where none is needed or known.
 */
export function vulkanSuite() {
  if (codename() !== 'bookworm') return null;
  const known = output('apt-get', ['indextargets', '--format', '$(CODENAME) $(SITE)']).split('\n');
  const suite = 'bookworm-backports';
  if (known.some((line) => line.startsWith(`${suite} `))) return suite;
  const mirror = known.find((line) => line.startsWith('bookworm '))?.split(' ')[1];
  if (mirror === undefined) return null;
  const key = '/usr/share/keyrings/debian-archive-keyring.gpg';
  const lines = [
    'Types: deb',
    `URIs: ${mirror}`,
    `Suites: ${suite}`,
    'Components: main',
    ...(existsSync(key) ? [`Signed-By: ${key}`] : []),
  ];
  writeFileSync(join(sources, 'beamline-backports.sources'), `${lines.join('\n')}\n`);
  return suite;
}
