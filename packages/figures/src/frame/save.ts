/** Files out of a page: what a figure's toolbar saves. Touches the document. */

import { exportCsv, exportSvg, type PictureMetadata } from './export.ts';
import type { Picture } from './picture.ts';

export type PictureFile = 'svg' | 'png' | 'csv';

const PIXEL_RATIO = 2;

export async function savePicture(
  name: string,
  kind: PictureFile,
  picture: Picture,
  theme: 'light' | 'dark',
  metadata: PictureMetadata,
): Promise<void> {
  if (kind === 'csv') {
    saveFile(name, new Blob([exportCsv(picture)]));
    return;
  }
  const svg = exportSvg(picture, theme, metadata);
  saveFile(name, kind === 'svg' ? new Blob([svg]) : await pngOf(svg));
}

function saveFile(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const anchor = document.createElement('a');
  anchor.href = address;
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** The SVG drawn at two device pixels a CSS pixel. Needs `img-src blob:` of the page's policy. */
async function pngOf(svg: string): Promise<Blob> {
  const address = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = image.naturalWidth * PIXEL_RATIO;
    canvas.height = image.naturalHeight * PIXEL_RATIO;
    canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) => {
      canvas.toBlob((blob) => (blob === null ? reject(new Error('no PNG')) : resolve(blob)));
    });
  } finally {
    URL.revokeObjectURL(address);
  }
}
