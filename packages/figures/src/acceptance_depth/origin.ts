/**
 * Where a number comes from as a shape, beside the words: a full circle was measured, a ring with a
 * core was computed by a model, an empty ring was assumed.
 */
import type { Origin } from '@beamline/simulator';
import { type Language, linked, type MarkIdentity, type ViewOptions } from '../frame/index.ts';
import { element } from '../markup.ts';

export type OriginKind = Origin['kind'];

/** In the order in which a legend names them. */
export const originKinds: readonly OriginKind[] = ['measured', 'modelled', 'assumed'];

export const originNames: Record<Language, Record<OriginKind, string>> = {
  en: { measured: 'measured', modelled: 'modelled', assumed: 'assumed' },
  ja: { measured: '実測', modelled: 'モデル', assumed: '仮定' },
};

/** A circle in the tone of the group around it. */
export function originMark(
  options: Pick<ViewOptions, 'highlight'>,
  kind: OriginKind,
  at: { x: number; y: number; r?: number },
  identity: MarkIdentity | null = null,
): string {
  const { x, y, r = 4.5 } = at;
  const name = kind === 'measured' ? 'mark' : 'hollow';
  const known = identity === null ? { class: name } : linked(options, identity, name);
  const ring = element('circle', { ...known, cx: x, cy: y, r });
  if (kind !== 'modelled') return ring;
  const core = { class: 'fill', cx: x, cy: y, r: r / 2.1, 'pointer-events': 'none' };
  return ring + element('circle', core);
}
