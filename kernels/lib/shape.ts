/**
 * Extents as the records write them, `draftLength + 1` or `ceil(maxTreeTokens / 32)`: evaluated
 * when every name is known, solved for the one name that is not (law: a call's shapes determine
 * its axes).
 *
 * Example: `solveExtent('draftLength + 1', 4, {})` gives `{ name: 'draftLength', value: 3 }`.
 */

type Node =
  | { kind: 'number'; value: number }
  | { kind: 'name'; name: string }
  | { kind: 'ceil'; of: Node }
  | { kind: '+' | '-' | '*' | '/'; left: Node; right: Node };

class Parser {
  readonly #tokens: string[];
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = text.match(/[A-Za-z_]+|\d+|[-+*/()]|\S/g) ?? [];
  }

  parse(): Node {
    const node = this.#sum();
    if (this.#at < this.#tokens.length) throw this.#error();
    return node;
  }

  #error(): Error {
    const token = this.#tokens[this.#at] ?? 'the end';
    return new Error(`extent '${this.#text}': cannot read '${token}'`);
  }

  #take(...choices: string[]): string | null {
    const token = this.#tokens[this.#at];
    if (token === undefined || !choices.includes(token)) return null;
    this.#at++;
    return token;
  }

  #sum(): Node {
    let left = this.#product();
    for (let op = this.#take('+', '-'); op !== null; op = this.#take('+', '-')) {
      left = { kind: op as '+' | '-', left, right: this.#product() };
    }
    return left;
  }

  #product(): Node {
    let left = this.#factor();
    for (let op = this.#take('*', '/'); op !== null; op = this.#take('*', '/')) {
      left = { kind: op as '*' | '/', left, right: this.#factor() };
    }
    return left;
  }

  #bracket(): Node {
    if (this.#take('(') === null) throw this.#error();
    const inner = this.#sum();
    if (this.#take(')') === null) throw this.#error();
    return inner;
  }

  #factor(): Node {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw this.#error();
    if (token === '(') return this.#bracket();
    if (!/^(?:[A-Za-z_]+|\d+)$/.test(token)) throw this.#error();
    this.#at++;
    if (token === 'ceil') return { kind: 'ceil', of: this.#bracket() };
    if (/^\d/.test(token)) return { kind: 'number', value: Number(token) };
    return { kind: 'name', name: token };
  }
}

const parsed = new Map<string, Node>();

function parse(text: string): Node {
  let node = parsed.get(text);
  if (node === undefined) {
    node = new Parser(text).parse();
    parsed.set(text, node);
  }
  return node;
}

type Known = Readonly<Record<string, number>>;

/** The value, or null when a name is unknown. */
function evaluate(node: Node, known: Known): number | null {
  if (node.kind === 'number') return node.value;
  if (node.kind === 'name') return known[node.name] ?? null;
  if (node.kind === 'ceil') {
    const of = evaluate(node.of, known);
    return of === null ? null : Math.ceil(of);
  }
  const left = evaluate(node.left, known);
  const right = evaluate(node.right, known);
  if (left === null || right === null) return null;
  if (node.kind === '+') return left + right;
  if (node.kind === '-') return left - right;
  return node.kind === '*' ? left * right : left / right;
}

/** The names that an extent holds. */
export function namesOf(text: string): string[] {
  const walk = (node: Node): string[] => {
    if (node.kind === 'number') return [];
    if (node.kind === 'name') return [node.name];
    return node.kind === 'ceil' ? walk(node.of) : [...walk(node.left), ...walk(node.right)];
  };
  return [...new Set(walk(parse(text)))];
}

/** The extent, or null when a name is unknown. Throws on text that is no expression. */
export function evaluateExtent(text: string, known: Known): number | null {
  return evaluate(parse(text), known);
}

function solve(node: Node, value: number, known: Known): { name: string; value: number } | null {
  if (node.kind === 'name') return { name: node.name, value };
  if (node.kind === 'number') return null;
  // The largest x with ceil(x) = value; a quotient inside makes it the largest dividend.
  if (node.kind === 'ceil') return solve(node.of, value, known);
  const left = evaluate(node.left, known);
  const right = evaluate(node.right, known);
  if (right !== null) {
    const inverse = { '+': value - right, '-': value + right, '*': value / right };
    return solve(node.left, node.kind === '/' ? value * right : inverse[node.kind], known);
  }
  if (left === null || node.kind === '/') return null;
  const inverse = { '+': value - left, '-': left - value, '*': value / left };
  return solve(node.right, inverse[node.kind], known);
}

/**
 * The one unknown name of an extent, from the extent's value: the largest whole number that fits.
 * Null when nothing is unknown, or more than one name, or no whole number fits.
 */
export function solveExtent(
  text: string,
  value: number,
  known: Known,
): { name: string; value: number } | null {
  const unknown = namesOf(text).filter((name) => !(name in known));
  if (unknown.length !== 1) return null;
  const solution = solve(parse(text), value, known);
  if (solution === null || !Number.isInteger(solution.value)) return null;
  const check = evaluateExtent(text, { ...known, [solution.name]: solution.value });
  return check === value ? solution : null;
}
