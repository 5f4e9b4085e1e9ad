/** What the lab's page loads: the element; the suite comes with the first run. */
import { LabApp } from './app.ts';

if (customElements.get('bl-lab') === undefined) customElements.define('bl-lab', LabApp);
