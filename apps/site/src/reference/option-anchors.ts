/** Names of anchors on the page of commands: `#simulate--bands` for an option of a command. */

/** `-f, --format FORMAT` → `format`; `CASE` → `case`. */
export function optionId(spelling: string): string {
  const long = /--([a-z-]+)/.exec(spelling)?.[1];
  return long ?? spelling.toLowerCase().replace(/[^a-z]+/g, '-');
}

export function commandId(heading: string): string {
  return heading.startsWith('beamline ') ? heading.slice('beamline '.length) : 'every-command';
}

/** Options of every command as `command--option`. */
export function optionAnchors(document: string): string[] {
  const anchors: string[] = [];
  let command = '';
  for (const line of document.split('\n')) {
    const heading = /^## (.*)/.exec(line)?.[1];
    if (heading !== undefined) command = commandId(heading);
    const option = /^\| `([^`]+)` \|/.exec(line)?.[1];
    if (option !== undefined) anchors.push(`${command}--${optionId(option)}`);
  }
  return anchors;
}
