/**
 * The program's version, the same as in package.json (a test compares them). A journal names it:
 * points of another version are not mixed in.
 */
export const VERSION = '0.1.0';

export function programIdentity(): string {
  return `beamline ${VERSION}`;
}
