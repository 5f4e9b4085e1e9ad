/** The pages that are a document of the project: the laws, and calibration by own measurements. */
import type { Language } from '@beamline/figures/frame';
import { documentBody, documents } from './document.ts';
import { englishBody, type GeneratedPage } from './page.ts';

const pages = {
  laws: {
    en: {
      title: 'The laws',
      description: 'What must hold in every run, whatever the scenario, and which test checks it.',
      lead: '',
    },
    ja: {
      title: '法則',
      description: 'どのシナリオでも必ず成り立つことと、それを確かめるテスト。',
      lead:
        '法則とは、どんなシナリオを実行しても必ず成り立たなければならないことです。番号があり、テストは' +
        '番号で引用します。保存則（リクエスト、KV ブロック、トークン）、時間、決定性、' +
        'スケジューリングの公平さなどを、無作為なシナリオで確かめています。',
    },
  },
  calibration: {
    en: {
      title: 'From your own measurements',
      description: 'Compare a recorded run, mend the model with it, and say how sure a result is.',
      lead: '',
    },
    ja: {
      title: '自分の測定から',
      description: '記録した実行と比べ、モデルを合わせ、結果の確かさを示す。',
      lead:
        '公開された測定で合わせたモデルは、手元の環境とは少し違います。`replay --against` は記録した実行と' +
        '比べ、`calibrate` は 3～10 点の測定でエンジンの固定費用を合わせ、`--bands` は結果の幅を示します。',
    },
  },
};

/** Links between documents, as far as both are on the site; others lose their link. */
function withPageLinks(body: string): string {
  return body.replace(/\[([^\]]+)\]\((?!https?:|#|\/)[^)]*\)/g, '$1');
}

export function documentPages(language: Language): GeneratedPage[] {
  return (['laws', 'calibration'] as const).map((name) => {
    const { title, description, lead } = pages[name][language];
    const frame = language === 'ja' ? `${lead}\n\n${englishBody}\n` : '';
    const body = `${frame}${withPageLinks(documentBody(documents[name]))}`;
    return { id: `reference/${name}`, title, description, body };
  });
}
