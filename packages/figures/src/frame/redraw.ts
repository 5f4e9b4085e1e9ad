/**
 * A new picture put over the one that stands in the page. Law: an element whose key stays is kept,
 * with its focus, and moves; only what is gone is removed.
 */
import { morph } from './morph.ts';

/** `tabStops` remembers, group by group, the key of the mark that Tab reaches. */
export function redraw(container: HTMLElement, svg: string, tabStops: Map<string, string>): void {
  const template = document.createElement('template');
  template.innerHTML = svg.trim();
  const next = template.content.firstElementChild as SVGSVGElement;
  makeFocusable(next, tabStops);
  const old = container.firstElementChild;
  if (old === null) {
    container.append(next);
    return;
  }
  const root = container.getRootNode() as ShadowRoot;
  const focused = root.activeElement?.getAttribute('data-key') ?? null;
  const hadFocus = focused !== null && container.contains(root.activeElement);
  const keys = new WeakMap<Node, string>();
  nameNodes(old, keys);
  nameNodes(next, keys);
  morph(old, next, (node) => keys.get(node));
  if (hadFocus && root.activeElement?.getAttribute('data-key') !== focused) {
    markOf(container, focused)?.focus({ preventScroll: true });
  }
}

export function markOf(container: Element, key: string): SVGElement | null {
  return container.querySelector(`[tabindex][data-key="${CSS.escape(key)}"]`);
}

/** A key may stand at several elements, a mark and its name: the nth of both trees correspond. */
function nameNodes(tree: Element, keys: WeakMap<Node, string>): void {
  const counts = new Map<string, number>();
  for (const node of tree.querySelectorAll('[data-key]')) {
    const key = `${node.localName} ${node.getAttribute('data-key')}`;
    const count = counts.get(key) ?? 0;
    counts.set(key, count + 1);
    keys.set(node, `${key} ${count}`);
  }
}

/** One tab stop a group; a picture with marks to focus is no single image any more. */
function makeFocusable(svg: SVGSVGElement, tabStops: Map<string, string>): void {
  const groups = new Map<string, Element[]>();
  for (const mark of svg.querySelectorAll('[data-group][data-key]')) {
    const group = mark.getAttribute('data-group')!;
    groups.set(group, [...(groups.get(group) ?? []), mark]);
  }
  if (groups.size === 0) return;
  svg.setAttribute('role', 'group');
  svg.setAttribute('aria-describedby', 'keys');
  for (const [group, marks] of groups) {
    const wanted = tabStops.get(group);
    const stop = marks.find((mark) => mark.getAttribute('data-key') === wanted) ?? marks[0]!;
    for (const mark of marks) mark.setAttribute('tabindex', mark === stop ? '0' : '-1');
  }
}

/** The mark that a key press leads to inside its group; null where the press means nothing. */
export function markAfter(mark: Element, press: string, container: Element): Element | null {
  const group = CSS.escape(mark.getAttribute('data-group') ?? '');
  const marks = [...container.querySelectorAll(`[data-group="${group}"][tabindex]`)];
  const at = marks.indexOf(mark);
  switch (press) {
    case 'ArrowRight':
    case 'ArrowDown':
      return marks[Math.min(marks.length - 1, at + 1)]!;
    case 'ArrowLeft':
    case 'ArrowUp':
      return marks[Math.max(0, at - 1)]!;
    case 'Home':
      return marks[0]!;
    case 'End':
      return marks.at(-1)!;
    default:
      return null;
  }
}

/** The mark that an event is about. */
export function markAt(event: Event): Element | null {
  const target = event.target;
  return target instanceof Element ? target.closest('[data-key]') : null;
}
