// `npm start -- site [--port N]`: builds the site if anything has changed and serves it here. The
// only line on stdout is its address.
import { join } from 'node:path';
import { root, setUp } from './setup.mjs';
import { serveFolder } from './static-server.mjs';

const PORT = 4321;
const usage = 'npm start -- site [--port N], N from 0 to 65535; 0 takes any free port';

/** The port asked for, or null where the words are wrong. */
export function portOf(words) {
  if (words.length === 0) return PORT;
  const text =
    /^--port=(.*)$/.exec(words[0])?.[1] ?? (words[0] === '--port' ? words[1] : undefined);
  const count = words[0].includes('=') ? 1 : 2;
  if (text === undefined || words.length !== count || !/^\d{1,5}$/.test(text)) return null;
  const port = Number(text);
  return port <= 65535 ? port : null;
}

/** Ends with an exit code: 0 after Ctrl-C, 2 for wrong words or a port that is taken. */
export async function site(words) {
  const port = portOf(words);
  if (port === null) {
    process.stderr.write(`site ${words.join(' ')}: not understood. Usage: ${usage}\n`);
    return 2;
  }
  await setUp('site');
  return serveUntilStopped(join(root, 'apps', 'site', 'dist'), port);
}

/** Serves a folder, prints its address, and ends at once with Ctrl-C or SIGTERM. */
export async function serveUntilStopped(folder, port) {
  // Ctrl-C comes twice under npm, from the terminal and from npm: the second must find a listener.
  const stopped = new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, resolve);
  });
  let served;
  try {
    served = await serveFolder(folder, { port });
  } catch (error) {
    const isTaken = error.code === 'EADDRINUSE';
    const reason = isTaken ? 'something else listens there' : error.message;
    process.stderr.write(
      `Port ${port} cannot be used: ${reason}. Try another: npm start -- site --port ${port + 1}\n`,
    );
    return 2;
  }
  process.stdout.write(`${served.address}\n`);
  process.stderr.write('Stop with Ctrl-C.\n');
  await stopped;
  await served.close();
  return 0;
}
