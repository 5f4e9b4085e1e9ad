/**
 * Cases of a WGSL kernel that a test can afford: a driver compiles every module, so those that few
 * modules serve, spread over the whole list.
 */
import { type Case, suites } from '@beamline/kernels/suites';
import { moduleText, type WgslKernel } from '@beamline/kernels/wgsl';

export interface WgslBudget {
  readonly modules: number;
  readonly cases: number;
}

export function affordableCases(kernel: WgslKernel, name: string, budget: WgslBudget): Case[] {
  const variant = kernel.variants.find((one) => one.name === name)!;
  const suite = suites.find(({ operator }) => operator.name === kernel.operator.name)!;
  const texts = new Set<string>();
  const taken = suite.cases().filter((call) => {
    if (variant.refuse(call) !== null) return false;
    const text = moduleText(kernel, variant, call);
    if (texts.size < budget.modules) texts.add(text);
    return texts.has(text);
  });
  const stride = Math.max(1, Math.ceil(taken.length / budget.cases));
  return taken.filter((_, i) => i % stride === 0);
}
