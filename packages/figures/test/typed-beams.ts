/** Beams with shared prefixes, as a reader may type them: a beam a line, a certain token first. */
import fc from 'fast-check';

const shapes = fc.tuple(
  fc.integer({ min: 1, max: 8 }),
  fc.integer({ min: 0, max: 6 }),
  fc.integer({ min: 0, max: 3 }),
);

export const typedBeams = shapes
  .chain(([beams, drafted, words]) => {
    const row = fc.array(fc.integer({ min: 0, max: words }), {
      minLength: drafted,
      maxLength: drafted,
    });
    return fc.array(row, { minLength: beams, maxLength: beams });
  })
  .map((rows) =>
    rows.map((row) => ['root', ...row.map((word) => `w${word}`)].join(' ')).join('\n'),
  );
