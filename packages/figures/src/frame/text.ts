/**
 * Lines of text in an SVG, which does not break them itself. Widths are estimates for a system font
 * of a given size: a Japanese character is one em wide, another one on average 0.58 em.
 *
 * Law: no line is wider than asked, nothing but spaces at breaks is lost, no line starts with `。`
 * or ends with `（`.
 */

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u9fff\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff60]/;
/** May not start a line (JIS X 4051, the common ones). */
const NO_START =
  /[、。，．・：；？！）」』】〕］｝〉》ーァィゥェォッャュョぁぃぅぇぉっゃゅょ々…‥％×]/;
/** May not end a line. */
const NO_END = /[（「『【〔［｛〈《]/;
const EM_NARROW = 0.58;

/** Estimated width in px of one line at a font size in px. */
export function textWidth(text: string, size: number): number {
  let ems = 0;
  for (const character of text) ems += WIDE.test(character) ? 1 : EM_NARROW;
  return ems * size;
}

/** Lines no wider than `width` px, broken at spaces or between Japanese characters. */
export function wrapText(text: string, width: number, size: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const piece of pieces(text).flatMap((one) => shortPieces(one, width, size))) {
    if (line !== '' && textWidth((line + piece).trimEnd(), size) > width) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += piece;
  }
  return [...lines, line.trimEnd()];
}

/** At most `width` px of a text that may be longer, with an ellipsis where it is cut. */
export function cutText(text: string, width: number, size: number): string {
  if (textWidth(text, size) <= width + 0.01) return text;
  const kept = [...text];
  while (kept.length > 1 && textWidth(`${kept.join('')}…`, size) > width) kept.pop();
  return `${kept.join('').trimEnd()}…`;
}

/** The text in parts that a line does not break. */
function pieces(text: string): string[] {
  const found: string[] = [];
  let piece = '';
  let before = '';
  for (const next of text) {
    const breaks =
      before === ' ' ? next !== ' ' : isBreakable(before, next) && piece !== '' && next !== ' ';
    if (breaks) {
      found.push(piece);
      piece = '';
    }
    piece += next;
    before = next;
  }
  return piece === '' ? found : [...found, piece];
}

function isBreakable(before: string, next: string): boolean {
  const isWide = WIDE.test(before) || WIDE.test(next);
  return isWide && !NO_START.test(next) && !NO_END.test(before);
}

/** A word that is wider than a whole line, in parts that are not. */
function shortPieces(piece: string, width: number, size: number): string[] {
  if (textWidth(piece.trimEnd(), size) <= width) return [piece];
  const parts = [''];
  for (const character of piece) {
    const last = parts.at(-1)!;
    if (last !== '' && textWidth((last + character).trimEnd(), size) > width) parts.push(character);
    else parts[parts.length - 1] = last + character;
  }
  return parts;
}
