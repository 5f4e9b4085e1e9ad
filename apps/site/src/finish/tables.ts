/**
 * Puts a frame around every table of the text, in which it scrolls when it is wider than the page:
 * the page itself never does. Tables of figures have theirs already. A head without words is no
 * head.
 */
export function framedTables(html: string): string {
  const pattern = /(<div class="(?:bl-wide|wide)"[^>]*>\s*)?<table>([\s\S]*?)<\/table>/g;
  const framed = html.replace(pattern, (text, frame: string | undefined) =>
    frame === undefined ? `<div class="table-wrap">${text}</div>` : text,
  );
  return framed.replace(/<th([^>]*)><\/th>/g, '<td$1></td>');
}
