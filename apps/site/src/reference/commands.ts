/**
 * The page of commands, from the document that is made from the command's option table. Every
 * command is a heading, every option an anchor: `#simulate--bands`.
 */
import type { Language } from '@beamline/figures/frame';
import { documentBody, documents } from './document.ts';
import { commandId, optionId } from './option-anchors.ts';
import { code, englishBody, type GeneratedPage } from './page.ts';

function withAnchors(document: string): string {
  let command = '';
  return document
    .split('\n')
    .map((line) => {
      const heading = /^## (.*)/.exec(line)?.[1];
      if (heading !== undefined) command = commandId(heading);
      return line.replace(/^\| `([^`]+)` \|/, (_, option: string) => {
        return `| ${code(option, `${command}--${optionId(option)}`)} |`;
      });
    })
    .join('\n');
}

const text = {
  en: {
    title: 'Commands',
    description: 'Every command and every option of beamline.',
    note:
      'Made from the option table that the command itself reads, ' +
      'so nothing here can lag behind it.',
  },
  ja: {
    title: 'コマンド',
    description: 'beamline のすべてのコマンドとオプション。',
    note: 'コマンド自身が読むオプション表から作られるので、実物とずれることはありません。',
  },
};

export function commandPages(language: Language): GeneratedPage[] {
  const { title, description, note } = text[language];
  const prefix = language === 'ja' ? '/ja' : '';
  const body = withAnchors(documentBody(documents.commands))
    .replace(/^Made from the option table.*\n/m, '')
    .replaceAll('(scenario.md)', `(${prefix}/reference/scenario/)`);
  const frame = language === 'ja' ? `${englishBody}\n` : '';
  return [{ id: 'reference/commands', title, description, body: `${note}\n\n${frame}${body}` }];
}
