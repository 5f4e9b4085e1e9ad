// A plain static file server for one folder: what `npm start -- site` and the site's tests serve
// with. It gives files and nothing else: no listing, nothing outside the folder.
import { createReadStream, readFileSync, realpathSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, sep } from 'node:path';

const types = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/** The file for a path of an address, or null: outside the folder, or not there. */
export function fileFor(folder, path) {
  let name;
  try {
    name = decodeURIComponent(path);
  } catch {
    return null;
  }
  if (name.includes('\0') || name.split(/[/\\]/).includes('..')) return null;
  const file = join(folder, name.endsWith('/') ? `${name}index.html` : name);
  try {
    const real = realpathSync(file);
    const isInside = real.startsWith(realpathSync(folder) + sep);
    return isInside && statSync(real).isFile() ? real : null;
  } catch {
    return null;
  }
}

function answer(folder, prefix, request, response) {
  const send = (status, file) => {
    const type = types[extname(file)] ?? 'application/octet-stream';
    const headers = { 'content-type': type, 'x-content-type-options': 'nosniff' };
    response.writeHead(status, { ...headers, 'content-length': statSync(file).size });
    if (request.method === 'HEAD') response.end();
    else createReadStream(file).pipe(response);
  };
  const fail = (status, text) => {
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
    response.end(`${text}\n`);
  };
  if (request.method !== 'GET' && request.method !== 'HEAD') return fail(405, 'GET or HEAD only');
  const path = (request.url ?? '/').replace(/[?#].*$/, '');
  if (!path.startsWith(prefix)) return fail(404, `Nothing here; the site is at ${prefix}`);
  const within = `/${path.slice(prefix.length)}`;
  const file = fileFor(folder, within);
  if (file !== null) return send(200, file);
  if (!within.endsWith('/') && fileFor(folder, `${within}/`) !== null) {
    response.writeHead(301, { location: `${path}/` });
    response.end();
    return undefined;
  }
  const missing = fileFor(folder, '/404.html');
  if (missing === null) return fail(404, 'Not found');
  // Shown at any depth, so its links lead from the root, which here lies under the prefix.
  const page = readFileSync(missing, 'utf8').replaceAll('href="/', `href="${prefix}`);
  const length = Buffer.byteLength(page);
  response.writeHead(404, { 'content-type': types['.html'], 'content-length': length });
  response.end(request.method === 'HEAD' ? undefined : page);
  return undefined;
}

/**
 * Serves `folder` under `prefix` (starts and ends with a slash). Port 0 takes a free one. Rejects
 * with the system's error when the port cannot be had.
 */
export function serveFolder(folder, { port = 0, prefix = '/', host = '127.0.0.1' } = {}) {
  const server = createServer((request, response) => answer(folder, prefix, request, response));
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = `http://localhost:${server.address().port}${prefix}`;
      const close = () =>
        new Promise((done) => {
          server.close(done);
          server.closeAllConnections();
        });
      resolve({ address, close });
    });
  });
}
