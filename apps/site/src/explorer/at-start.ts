/**
 * How the explorer starts: its parts are drawn one after another, each in a task of its own, so
 * that a click or a key in between is answered at once, and the workers begin when the page is
 * idle. Law: what comes later takes space that was kept for it, or stands below all else.
 */

/** What there is to draw, first what is looked at first: each number is one more part. */
export const parts = { shell: 0, results: 1, picture: 2, firstGroup: 3 } as const;

/** A page that is not looked at is never painted; it goes on after this long. */
const UNSEEN_MS = 300;

/** When what stands in the page has been painted. */
export function afterPaint(): Promise<void> {
  return new Promise((go) => {
    requestAnimationFrame(() => setTimeout(go));
    setTimeout(go, UNSEEN_MS);
  });
}

/** Lets the browser draw and listen; goes on as soon as it may. */
export function nextTask(): Promise<void> {
  return new Promise((go) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      go();
    };
    port2.postMessage(null);
  });
}

/** When the browser has nothing else to do, or after `mostMs`. */
export function whenIdle(mostMs: number): Promise<void> {
  return new Promise((go) => {
    if (typeof requestIdleCallback === 'function') {
      requestIdleCallback(() => go(), { timeout: mostMs });
    } else setTimeout(go, Math.min(mostMs, 50));
  });
}
