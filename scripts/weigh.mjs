// `make weigh`: the bytes of what a first visit loads, as they are, with gzip -9 and with Brotli 11, against the limits
// that this project sets itself for Brotli. 1 KB is 1,000 bytes. Headers are not counted.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const dist = process.argv[2] ?? 'dist';
const LIMITS = { 'until a key can be copied': 100_000, 'the engine': 450_000, 'with the engine': 200_000 };

// The start screen has the first key (public/boot.js), then the page takes it over.
const isOfStart = (name) => /^(index\.html|boot-.*\.js|.*\.css)$/.test(name);

const files = readdirSync(dist).filter((name) => !name.startsWith('_'));
const isEngine = (name) => name.startsWith('engine-');
const start = files.filter(isOfStart).map(weigh);
const page = files.filter((name) => !isOfStart(name) && !isEngine(name)).map(weigh);
const engine = files.filter(isEngine).map(weigh);
const all = [...start, ...page, ...engine];
const totals = [
  { name: 'until a key can be copied', ...sum(start) },
  { name: 'until the page is there', ...sum([...start, ...page]) },
  { name: 'the engine', ...sum(engine) },
  { name: 'with the engine', ...sum(all) },
];

for (const row of [...all, ...totals]) print(row);
for (const { name, brotli } of totals) {
  const limit = LIMITS[name];
  if (!limit) continue;
  console.log(`${name}: ${kilobytes(brotli)} KB of at most ${kilobytes(limit)} KB${brotli > limit ? ': TOO MUCH' : ''}`);
  if (brotli > limit) process.exitCode = 1;
}

function weigh(name) {
  const bytes = readFileSync(join(dist, name));
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } };
  return {
    name,
    raw: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    brotli: brotliCompressSync(bytes, quality).length,
  };
}

function sum(rows) {
  const total = (column) => rows.reduce((bytes, row) => bytes + row[column], 0);
  return { raw: total('raw'), gzip: total('gzip'), brotli: total('brotli') };
}

function print({ name, raw, gzip, brotli }) {
  const column = (bytes) => bytes.toLocaleString('en').padStart(10);
  console.log(`${name.padEnd(36)} raw${column(raw)}   gzip${column(gzip)}   brotli${column(brotli)}`);
}

function kilobytes(bytes) {
  return (bytes / 1000).toFixed(1);
}
