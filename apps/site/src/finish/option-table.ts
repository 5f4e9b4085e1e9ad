/**
 * The options of the command, as far as the build may know them: the site imports nothing of the
 * command, so it reads the page that is made from its table, and has the command say whether that
 * page is what the table gives.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { optionAnchors } from '../reference/option-anchors.ts';
import { projectRoot } from '../root.ts';

export function optionTable(): { options: string[]; problems: string[] } {
  const root = projectRoot();
  const script = join(root, 'packages', 'cli', 'scripts', 'write-docs.ts');
  const check = spawnSync(process.execPath, ['--conditions=source', script, '--check'], {
    cwd: root,
    encoding: 'utf8',
  });
  const problems = check.status === 0 ? [] : check.stderr.trim().split('\n');
  const document = readFileSync(join(root, 'docs', 'reference', 'commands.md'), 'utf8');
  return { options: optionAnchors(document), problems };
}
