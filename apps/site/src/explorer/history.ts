/**
 * Undo and redo over immutable states. Law: undo after a commit gives the state before it, redo
 * gives it back; a commit forgets what was undone. What only moves (a slider being dragged) is
 * committed once, at its end, as one step.
 */
export interface History<S> {
  readonly past: readonly S[];
  readonly present: S;
  readonly future: readonly S[];
}

const MAX_STEPS = 200;

export function startHistory<S>(present: S): History<S> {
  return { past: [], present, future: [] };
}

export function commit<S>(history: History<S>, next: S): History<S> {
  if (next === history.present) return history;
  const past = [...history.past, history.present].slice(-MAX_STEPS);
  return { past, present: next, future: [] };
}

export function undo<S>(history: History<S>): History<S> {
  const before = history.past.at(-1);
  if (before === undefined) return history;
  return {
    past: history.past.slice(0, -1),
    present: before,
    future: [history.present, ...history.future],
  };
}

export function redo<S>(history: History<S>): History<S> {
  const [next, ...future] = history.future;
  if (next === undefined) return history;
  return { past: [...history.past, history.present], present: next, future };
}
