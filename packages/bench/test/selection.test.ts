import {
  axisCases,
  axisValues,
  caseOfSizes,
  checkPatterns,
  defaultSizes,
  filterOf,
  idsOf,
  parseAxes,
  requestOfId,
  selectOperators,
} from '@beamline/bench';
import { printCase, suites } from '@beamline/kernels/suites';
import { describe, expect, it } from 'vitest';
import { suiteOf } from './support.ts';

describe('filters', () => {
  it('take every id that is printed, and no other with it', () => {
    for (const suite of suites) {
      const ids = idsOf(suite);
      for (const id of ids) expect([id, ids.filter(filterOf([id]))]).toEqual([id, [id]]);
    }
  });

  it('know an operator by its name, letters by *', () => {
    const fits = filterOf(['tree_mask', 'pack_beams/b2_*']);
    expect(fits('tree_mask/b1_t1')).toBe(true);
    expect(fits('pack_beams/b2_w3_bl4')).toBe(true);
    expect(fits('pack_beams/b1_w3_bl4')).toBe(false);
    expect(fits('tree_mask_more/b1')).toBe(false);
    expect(filterOf(['a.b/c'])('axb/c')).toBe(false);
  });

  it('refuse what fits nothing, with the nearest', () => {
    const ids = idsOf(suiteOf('pack_beams'));
    expect(() => checkPatterns(['pack_beams/b2_w3_bl5'], ids)).toThrow(
      /--filter pack_beams\/b2_w3_bl5: fits no case. Did you mean "pack_beams\/b2_w3_bl4"\?/,
    );
    expect(() => checkPatterns(['pack_beems'], ids)).toThrow(/Did you mean "pack_beams"\?/);
    expect(() => selectOperators(suites, ['tree_atention'])).toThrow(
      'tree_atention: is not an operator. Did you mean "tree_attention"?',
    );
  });
});

describe('axes', () => {
  it.each([
    ['1:64:pow2', [1, 2, 4, 8, 16, 32, 64]],
    ['1:9:lin3', [1, 5, 9]],
    ['3', [3]],
    ['1,17,1', [1, 17]],
    ['0', [0]],
    ['5:5:lin2', [5]],
  ])('%s', (text, values) => {
    expect(axisValues(text, 'x')).toEqual(values);
  });

  it.each([
    ['T', 'must be name=values'],
    ['T=', 'is no whole number'],
    ['T=1:64', 'is no range'],
    ['T=64:1:pow2', '64 is above 1'],
    ['T=0:8:pow2', 'needs a factor from 2 and a start'],
    ['T=1:8:pow1', 'needs a factor'],
    ['T=-1', 'is no whole number'],
    ['T=1.5', 'is no whole number'],
    ['Tx=1', '"Tx" is not an axis. Did you mean "T"?'],
    ['headDims=64', 'Did you mean "headDim"?'],
    ['float=bf32', 'Did you mean "fp32"?'],
    ['float=fp8', '"fp8" is no type'],
  ])('refuses %s', (text, message) => {
    expect(() => parseAxes([text], true)).toThrow(message);
  });

  it('make a valid case of every operator, whose id makes it again', () => {
    for (const suite of suites) {
      const call = caseOfSizes(suite, defaultSizes(true), { float: 'bf16', kv: 'bf16' });
      const again = axisCases(suite, requestOfId(call.id, true)!);
      expect(again.map(({ id }) => id)).toEqual([call.id]);
      expect(printCase(again[0]!)).toBe(printCase(call));
    }
  });

  it('make the grid of all values, and leave out axes that an operator does not have', () => {
    const texts = ['T=1,32', 'D=64,128', 'float=fp16,bf16', 'V=10,20'];
    const cases = axisCases(suiteOf('tree_attention'), parseAxes(texts, true));
    expect(cases).toHaveLength(8);
    expect(new Set(cases.map(({ axes }) => `${axes['treeTokens']} ${axes['headDim']}`))).toEqual(
      new Set(['2 64', '2 128', '64 64', '64 128']),
    );
  });

  it('refuse a size that the operator does not take, with its field', () => {
    const request = parseAxes(['Hq=3', 'Hk=2'], true);
    expect(() => axisCases(suiteOf('tree_attention'), request)).toThrow(/heads/);
    const many = parseAxes(['T=1:2000:lin2000', 'D=8,16'], true);
    expect(() => axisCases(suiteOf('tree_attention'), many)).toThrow(/at most 1024/);
  });
});
