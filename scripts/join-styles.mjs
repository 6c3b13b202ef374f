// Joins the style sheets in style/ into target/style/keyjar.css, which index.html names.
// Order matters to CSS: first the ground that everything stands on, then the parts by name.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';

const GROUND = ['tokens.css', 'base.css', 'frame.css', 'sheet.css', 'field.css', 'segmented.css'];
const OUTPUT = 'target/style/keyjar.css';

const sheets = readdirSync('style').filter((name) => name.endsWith('.css')).sort();
const missing = GROUND.filter((name) => !sheets.includes(name));
if (missing.length) throw new Error(`style/ lacks ${missing.join(', ')}, named in scripts/join-styles.mjs`);

const ordered = [...GROUND, ...sheets.filter((name) => !GROUND.includes(name))];
mkdirSync('target/style', { recursive: true });
writeFileSync(OUTPUT, ordered.map((name) => readFileSync(`style/${name}`, 'utf8')).join('\n'));
