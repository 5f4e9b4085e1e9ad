/** Where a record of the page comes from: browser and system, and the commit of the build. */
import type { Environment } from '@beamline/bench/webgpu';

interface Brands {
  brands?: readonly { brand: string; version: string }[];
  platform?: string;
}

/** `Chromium 143`; `Firefox/145.0` where the browser only has its older sentence. */
export function browserName({ userAgent }: { userAgent: string }, data?: Brands): string {
  const real = data?.brands?.filter(({ brand }) => !/not.?a.?brand/i.test(brand)) ?? [];
  const named = real.find(({ brand }) => brand !== 'Chromium') ?? real[0];
  if (named !== undefined) return `${named.brand} ${named.version}`;
  return /(?:Firefox|Version|Chrome)\/[\d.]+/.exec(userAgent)?.[0] ?? 'browser';
}

export function pageEnvironment(commit: string | null, hasChanges: boolean): Environment {
  const { userAgentData, platform } = navigator as Navigator & { userAgentData?: Brands };
  return {
    platform: userAgentData?.platform || platform || 'unknown',
    cpu: browserName(navigator, userAgentData),
    cores: navigator.hardwareConcurrency || 1,
    node: 'none',
    commit,
    hasChanges,
  };
}
