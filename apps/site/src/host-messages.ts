/** What the page says when a figure cannot compute. */
const messages = {
  en: {
    noWorker:
      'This browser offers no workers, so the picture stays as it was computed in advance. ' +
      'Text, data and downloads still work.',
    cannotCompute: (reason: string) => `${reason} The last picture stays.`,
  },
  ja: {
    noWorker:
      'このブラウザではワーカーが使えないため、図は事前に計算されたままです。' +
      '本文、データ、保存は使えます。',
    cannotCompute: (reason: string) => `${reason} 直前の図を残しています。`,
  },
};

export function hostMessages(): (typeof messages)['en'] {
  return document.documentElement.lang === 'ja' ? messages.ja : messages.en;
}
