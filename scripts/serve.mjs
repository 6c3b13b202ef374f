// Serves a built site as a static host does: files of one folder, with the headers that its _headers file asks for.
//
//   node scripts/serve.mjs [folder] [port]            dist 8080; port 0 takes a free one
//   import { serve } from './scripts/serve.mjs';      const site = await serve({ folder, port: 0 }); … await site.close();
//
// It is for this machine only (127.0.0.1), for trying and testing.
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.wasm': 'application/wasm',
};

/** Starts a server; `onRequest` is told of every request. Returns its address and how to end it. */
export async function serve({ folder = 'dist', port = 8080, onRequest = () => {} } = {}) {
  const root = resolve(folder);
  const rules = readRules(readFileSync(join(root, '_headers'), 'utf8'));
  const server = createServer(async (request, response) => {
    onRequest(request);
    const path = pathOf(request.url);
    const file = path && join(root, path.endsWith('/') ? `${path}index.html` : path);
    const body = file?.startsWith(root + sep) && path !== '/_headers' ? await readFile(file).catch(() => null) : null;
    const allowed = ['GET', 'HEAD'].includes(request.method);
    for (const { pattern, name, value } of rules) if (pattern.test(path ?? '')) response.setHeader(name, value);
    if (!allowed || body === null) {
      response.removeHeader('cache-control');
      response.writeHead(allowed ? 404 : 405, { 'content-type': 'text/plain; charset=utf-8' });
      response.end(allowed ? 'There is no such file here.\n' : 'Only GET and HEAD are answered here.\n');
      return;
    }
    response.writeHead(200, {
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      'content-length': body.length,
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  });
  await new Promise((started, failed) => server.once('error', failed).listen(port, '127.0.0.1', started));
  return {
    address: `http://127.0.0.1:${server.address().port}/`,
    close() {
      const ended = new Promise((done) => server.close(done));
      server.closeAllConnections();
      return ended;
    },
  };
}

/** The decoded path of a request, or null if it cannot be one. `new URL` resolves `..`; an encoded one is caught by `root`. */
function pathOf(target) {
  try {
    const path = decodeURIComponent(new URL(target, 'http://localhost').pathname);
    return path.includes('\0') ? null : path;
  } catch {
    return null;
  }
}

/** A _headers file: a path pattern at the start of a line, its headers on indented lines below. */
function readRules(text) {
  const rules = [];
  let pattern;
  for (const line of text.split('\n').filter((line) => line.trim() && !line.startsWith('#'))) {
    if (!/^\s/.test(line)) {
      pattern = new RegExp(`^${line.trim().split('*').map(escape).join('.*')}$`);
    } else {
      const colon = line.indexOf(':');
      rules.push({ pattern, name: line.slice(0, colon).trim(), value: line.slice(colon + 1).trim() });
    }
  }
  return rules;
}

function escape(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [folder = 'dist', port = '8080'] = process.argv.slice(2);
  try {
    const site = await serve({ folder, port: Number(port) });
    console.log(`Keyjar is at ${site.address} (Ctrl+C ends it)`);
  } catch (error) {
    const advice = error.code === 'EADDRINUSE' ? `port ${port} is taken: choose another, as in PORT=8081 make serve` : error.message;
    console.error(`serve: ${advice}`);
    process.exit(1);
  }
}
