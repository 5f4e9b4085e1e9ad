/** What the explorer's page loads: the element, and the pictures that it draws at once. */
import './load-curve.ts';
import '@beamline/figures/shape_heatmap';
import { ExplorerApp } from './app.ts';

if (customElements.get('bl-explorer') === undefined) {
  customElements.define('bl-explorer', ExplorerApp);
}
