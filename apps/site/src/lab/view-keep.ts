/** Taking the records along. */
import { html, nothing, type TemplateResult } from 'lit';
import type { LabApp } from './app.ts';
import { summaryText } from './summary.ts';

/** Reads what is saved here. */
const REPORT = 'beamline kernels report records.jsonl --html report.html';

export function keepView(app: LabApp): TemplateResult {
  const { words, session, copied } = app;
  const isEmpty = session.verified.length + session.timed.length === 0;
  const said = copied === 'yes' ? words.copied : copied === 'by-hand' ? words.copyByHand : '';
  return html`<section aria-labelledby="lab-keep">
    <h2 id="lab-keep">${words.keepHead}</h2>
    <p class="lab-lead">${words.keepLead}</p>
    <pre class="lab-command lab-scrolls" data-name="beamline kernels report"
      ><code>${REPORT}</code></pre>
    <div class="lab-bar">
      <button type="button" ?disabled=${isEmpty} @click=${() => app.save()}>${words.save}</button>
      <button type="button" ?disabled=${isEmpty} @click=${() => app.copy()}>${words.copy}</button>
      <span role="status" class="lab-note">${isEmpty ? words.nothing : said}</span>
    </div>
    ${
      copied === 'by-hand' && !isEmpty
        ? html`<textarea class="lab-summary-text" readonly rows="8" aria-label=${words.summary}
            .value=${summaryText(words, session)}></textarea>`
        : nothing
    }
  </section>`;
}
