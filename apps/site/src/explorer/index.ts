/**
 * What the explorer's page loads: little, so that the picture which stands in the page is painted
 * first; then the element with all that it needs, each in a task of its own.
 */
import { afterPaint, nextTask } from './at-start.ts';

async function start(): Promise<void> {
  await afterPaint();
  const [{ ExplorerApp }] = await Promise.all([import('./app.ts'), import('./load-curve.ts')]);
  await nextTask();
  if (customElements.get('bl-explorer') === undefined) {
    customElements.define('bl-explorer', ExplorerApp);
  }
}

void start();
