// Trunk's last step here. Trunk gives the page's files hashed names and digests (Subresource Integrity), but not a
// worker's: this does the same for the engine and tells public/boot.js, in two <meta> elements, what to load.
// They are not preload links, so that the engine does not compete with the first paint.
// It also makes sure that no file is loaded without a digest, and that the two places of the policy agree.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const dist = process.env.TRUNK_STAGING_DIR;
if (!dist) throw new Error('TRUNK_STAGING_DIR is not set: Trunk runs this script, see Trunk.toml');

const page = join(dist, 'index.html');
const html = readFileSync(page, 'utf8');
const engine = [
  describe('keyjar-engine-glue', 'engine.js', 'engine-HASH.js'),
  describe('keyjar-engine-wasm', 'engine_bg.wasm', 'engine-HASH_bg.wasm'),
];
if (!html.includes('</head>')) throw new Error('index.html has no </head> to write the engine\'s files before');
const metas = engine.map(({ meta, name, integrity }) => `<meta name="${meta}" content="${name} ${integrity}">`);
const finished = html.replace('</head>', `${metas.join('')}</head>`);
everyFileHasItsDigest(finished);
policiesAgree();
writeFileSync(page, finished);
for (const { from, name } of engine) renameSync(join(dist, from), join(dist, name));

/** The name and the digest of a file of the engine. */
function describe(meta, from, pattern) {
  const bytes = readFileSync(join(dist, from));
  const name = pattern.replace('HASH', createHash('sha256').update(bytes).digest('hex').slice(0, 16));
  return { meta, from, name, integrity: digest(bytes) };
}

function digest(bytes) {
  return `sha384-${createHash('sha384').update(bytes).digest('base64')}`;
}

/** Every script, style sheet and WebAssembly module in dist is named in the page beside its right digest. */
function everyFileHasItsDigest(html) {
  const staged = new Map(engine.map(({ from, name }) => [from, name]));
  for (const from of readdirSync(dist).filter((name) => /\.(js|css|wasm)$/.test(name))) {
    const name = staged.get(from) ?? from;
    const tags = (html.match(/<[^>]+>/g) ?? []).filter((tag) => tag.includes(name));
    const integrity = digest(readFileSync(join(dist, from)));
    if (!tags.length) throw new Error(`${name} is in dist/, but index.html does not load it`);
    if (!tags.every((tag) => tag.includes(integrity))) throw new Error(`index.html names ${name} without its digest`);
  }
}

/** index.html and _headers say the same policy; only a header can say frame-ancestors. */
function policiesAgree() {
  const [, page] = readFileSync('index.html', 'utf8').match(/http-equiv="Content-Security-Policy" content="([^"]*)"/);
  const [, header] = readFileSync('public/_headers', 'utf8').match(/Content-Security-Policy: (.*)/);
  if (header !== `${page}; frame-ancestors 'none'`) throw new Error('index.html and public/_headers differ in their policy');
}
