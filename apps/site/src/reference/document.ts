/**
 * The project's documents as pages: the title goes, links between documents become links between
 * pages. Files come in as text at build, through Vite.
 */

import calibration from '../../../../docs/calibration.md?raw';
import laws from '../../../../docs/laws.md?raw';
import commands from '../../../../docs/reference/commands.md?raw';

export const documents = { laws, calibration, commands } as const;

/** The body of a document: without its title and with the site's addresses. */
export function documentBody(text: string): string {
  return text.replace(/^# .*\n+/, '').trim();
}
