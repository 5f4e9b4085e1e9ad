/** What the page is built with: the operators in its language, and the commit of the kernels. */
import { spawnSync } from 'node:child_process';
import type { Language } from '@beamline/figures/frame';
import { operators } from '@beamline/kernels';
import { wgslKernels } from '@beamline/kernels/wgsl';
import { operatorSummariesJa } from '../reference/operator-words.ts';
import { projectRoot } from '../root.ts';
import type { LabOperator } from './session.ts';

export function labOperators(language: Language): LabOperator[] {
  const names = new Set(wgslKernels.map(({ operator }) => operator.name));
  return operators.map(({ name, summary }) => ({
    name,
    summary: language === 'ja' ? (operatorSummariesJa[name] ?? summary) : summary,
    hasKernel: names.has(name),
  }));
}

function git(...args: string[]): string | null {
  const { status, stdout } = spawnSync('git', args, { cwd: projectRoot(), encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
}

/** Null outside a repository. */
export function builtFrom(): { commit: string | null; hasChanges: boolean } {
  const changes = git('status', '--porcelain', '--', 'kernels', 'packages/bench');
  return { commit: git('rev-parse', 'HEAD'), hasChanges: changes !== null && changes !== '' };
}
