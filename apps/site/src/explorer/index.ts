/** What the explorer's page loads: the element, and the picture that it draws at once. */
import './load-curve.ts';
import { ExplorerApp } from './app.ts';

if (customElements.get('bl-explorer') === undefined) {
  customElements.define('bl-explorer', ExplorerApp);
}
