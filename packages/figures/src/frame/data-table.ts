import { html, type TemplateResult } from 'lit';
import type { Picture } from './picture.ts';

/** What is drawn as a table, folded; it scrolls sideways by itself. */
export function dataTable({ table, title }: Picture, name: string): TemplateResult {
  const kind = (i: number) => (table.columns[i]?.numeric === true ? 'n' : '');
  return html`<details><summary>${name}</summary>
    <div class="wide" role="region" tabindex="0" aria-label=${name}><table>
      <caption>${title}</caption>
      <thead><tr>${table.columns.map(
        ({ label }, i) => html`<th scope="col" class=${kind(i)}>${label}</th>`,
      )}</tr></thead>
      <tbody>${table.rows.map(
        (row) =>
          html`<tr>${row.map((text, i) =>
            i === 0
              ? html`<th scope="row" class=${kind(i)}>${text}</th>`
              : html`<td class=${kind(i)}>${text}</td>`,
          )}</tr>`,
      )}</tbody></table></div></details>`;
}
