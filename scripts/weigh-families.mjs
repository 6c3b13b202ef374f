// `make weigh-families`: what each family of schemes adds to the engine, in bytes of Brotli 11. A family is a group of the
// list `ALL` in src/scheme/mod.rs. The engine is built without it, and the difference counts: what families share (a
// hash function, a construction of the kit) counts for none of them, and so the sum is less than the whole.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

const SOURCES = ['Cargo.toml', 'Cargo.lock', 'rust-toolchain.toml', '.cargo', 'src', 'benches'];
const LIST = 'src/scheme/mod.rs';
const OPTIMISE = ['-Oz', '--all-features', '--strip-debug', '--strip-producers'];

// A copy, so that nothing of the project is touched if this is stopped on the way.
const copy = resolve('target/weigh-families');
rmSync(join(copy, 'src'), { recursive: true, force: true });
mkdirSync(copy, { recursive: true });
for (const name of SOURCES) cpSync(name, join(copy, name), { recursive: true });
const list = readFileSync(LIST, 'utf8');

const whole = built(list);
print('the engine', whole);
for (const family of families()) print(family, whole - built(without(family)));

/** The names of the groups: the comments within the list. */
function families() {
  const [, entries] = list.match(/pub static ALL[^[]*\[\w*[^[]*\[([^]*?)\n\];/) ?? [];
  if (!entries) throw new Error(`${LIST} has no list ALL as this script knows it`);
  return [...entries.matchAll(/^ {4}\/\/ (.+)$/gm)].map(([, name]) => name);
}

/** The list without one group: its comment and the lines up to the next comment, or to the list's end. */
function without(family) {
  const group = new RegExp(`^ {4}// ${family}\\n(?: {4}&.*\\n)+`, 'm');
  if (!group.test(list)) throw new Error(`${LIST} has no schemes of the family ${family}`);
  return list.replace(group, '');
}

/** Bytes of the engine with that list of schemes. */
function built(schemes) {
  writeFileSync(join(copy, LIST), schemes);
  const cargo = ['build', '--locked', '--release', '--target', 'wasm32-unknown-unknown', '--bin', 'engine', '--quiet'];
  const env = { ...process.env, CARGO_TARGET_DIR: join(copy, 'target') };
  execFileSync(resolve('scripts/rust.sh'), ['wasm', 'cargo', ...cargo], { cwd: copy, env, stdio: ['ignore', 'ignore', 'inherit'] });
  const optimised = join(copy, 'engine.wasm');
  execFileSync('wasm-opt', [...OPTIMISE, join(copy, 'target/wasm32-unknown-unknown/release/engine.wasm'), '-o', optimised]);
  const bytes = readFileSync(optimised);
  return brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }).length;
}

function print(name, bytes) {
  console.log(`${name.padEnd(16)}${(bytes / 1000).toFixed(1).padStart(8)} KB`);
}
