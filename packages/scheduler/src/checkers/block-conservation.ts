/**
 * Law: conservation of KV blocks. Every block is free, cached or in use, never two of them; a
 * block's references are exactly the chains that pass through it; a request holds the blocks its KV
 * needs and, after a commit, not one more: what rejected draft tokens had taken has been rewound.
 */
import type { BlockState, RequestState } from '../state.ts';
import { type Checker, contextTarget, demand, kvTokens, type Observation } from './checker.ts';

export class BlockConservation implements Checker {
  readonly law = 'conservation of KV blocks';

  check(observation: Observation): void {
    const { options, event, after } = observation;
    const { blocks, freeList } = after;
    const total = after.freeBlocks + after.cachedBlocks + after.usedBlocks;
    demand(
      this.law,
      total === options.kvBlocks && after.freeBlocks >= 0,
      () =>
        `${after.freeBlocks} free + ${after.cachedBlocks} cached + ${after.usedBlocks} used ` +
        `are not ${options.kvBlocks}`,
    );
    demand(this.law, new Set(freeList).size === freeList.length, () => 'a block is free twice');
    for (const i of freeList) {
      const block = blocks[i]!;
      demand(this.law, block.refs === 0 && !block.inTree, () => `free block ${i} is in use`);
    }
    this.checkReferences(after.active, blocks);
    for (const r of after.active) this.checkChain(r, observation);
    for (const r of after.waiting) {
      demand(this.law, r.blocks.length === 0, () => `waiting request ${r.id} holds blocks`);
    }
    if (event.kind === 'planned') {
      const { blocksUsed } = event.plan.sums;
      demand(
        this.law,
        blocksUsed === after.usedBlocks,
        () => `the plan counts ${blocksUsed} used blocks, the state ${after.usedBlocks}`,
      );
    }
  }

  private checkReferences(active: readonly RequestState[], blocks: readonly BlockState[]): void {
    const passing = new Map<number, number>();
    const pass = (i: number): void => void passing.set(i, (passing.get(i) ?? 0) + 1);
    for (const r of active) pass(r.blocks.at(-1) ?? -1);
    blocks.forEach((block, i) => {
      if (block.refs > 0) pass(block.parent);
      demand(this.law, block.refs >= 0, () => `block ${i} has ${block.refs} references`);
    });
    blocks.forEach((block, i) => {
      demand(
        this.law,
        block.refs === (passing.get(i) ?? 0),
        () => `block ${i} has ${block.refs} references, but ${passing.get(i) ?? 0} chains pass`,
      );
    });
  }

  private checkChain(r: RequestState, { options, event, after }: Observation): void {
    const { tokensPerBlock } = options;
    const held = r.blocks.length;
    const room = held * tokensPerBlock;
    const generating = r.phase === 'generation';
    const kv = generating ? kvTokens(r) : contextTarget(r);
    const planned = r.planned && generating ? r.plannedTokens : 0;
    demand(
      this.law,
      room >= kv + planned,
      () => `request ${r.id} has ${kv} + ${planned} tokens in ${held} blocks`,
    );
    if (generating && !after.pending && event.kind !== 'restored') {
      const needed = Math.ceil(kv / tokensPerBlock);
      demand(
        this.law,
        held === needed,
        () => `request ${r.id} holds ${held} blocks for ${kv} tokens after the commit`,
      );
    }
    for (const i of r.blocks) {
      const block = after.blocks[i];
      demand(this.law, block !== undefined && block.refs > 0, () => `block ${i} is not in use`);
    }
  }
}
