/**
 * One tree made like another with as little change as may be: elements stay that have the same key
 * under the same parent, or none and the same name in the same order. Law: after it `from` equals
 * `to`, and every element whose key, name and parent stay is the same object.
 *
 * Example: `<a key=1/><a key=2/>` made like `<a key=2/><b/>` keeps the second `a` and adds a `b`.
 */

/** The key of a node, unique among its siblings; none where it has none. */
export type KeyOf = (node: Node) => string | undefined;

/** Takes nodes out of `to`, which is of no use afterwards. */
export function morph(from: Element, to: Element, keyOf: KeyOf): void {
  morphAttributes(from, to);
  const nameOf = (node: Node) => `${keyOf(node) ?? ''} ${node.nodeName}`;
  const free = new Map<string, ChildNode[]>();
  for (const child of from.childNodes) {
    const name = nameOf(child);
    const alike = free.get(name);
    if (alike === undefined) free.set(name, [child]);
    else alike.push(child);
  }
  const pairs = [...to.childNodes].map((next) => ({ next, kept: free.get(nameOf(next))?.shift() }));
  // Gone first: what stays need not move past them, and so keeps focus and transitions.
  for (const gone of free.values()) for (const child of gone) child.remove();
  let at = from.firstChild;
  for (const { next, kept } of pairs) {
    if (kept === undefined) {
      from.insertBefore(next, at);
      continue;
    }
    if (kept === at) at = at.nextSibling;
    else from.insertBefore(kept, at);
    morphNode(kept, next, keyOf);
  }
}

function morphNode(from: Node, to: Node, keyOf: KeyOf): void {
  if (from.isEqualNode(to)) return;
  if (from instanceof Element && to instanceof Element) morph(from, to, keyOf);
  else from.nodeValue = to.nodeValue;
}

function morphAttributes(from: Element, to: Element): void {
  for (const { name } of [...from.attributes]) {
    if (!to.hasAttribute(name)) from.removeAttribute(name);
  }
  for (const { name, value } of to.attributes) {
    if (from.getAttribute(name) !== value) from.setAttribute(name, value);
  }
}
