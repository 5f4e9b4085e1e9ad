import { expect, it } from 'vitest';
import { numberText } from './numbers.ts';

it.each([
  [0, '0'],
  [1, '1'],
  [2.3456, '2.35'],
  [12.345, '12.3'],
  [123.45, '123'],
  [1234567, '1,234,567'],
  [0.04219, '0.0422'],
  [-1500, '-1,500'],
  [1e-7, '1.00e-7'],
  [Number.NaN, '–'],
  [Number.POSITIVE_INFINITY, '–'],
])('numberText(%s) is %s', (value, text) => {
  expect(numberText(value)).toBe(text);
});
