// The browser's part of `make bench`: what a person who types into Inspect waits for, on the release build. The figures
// are the machine's as much as the page's, so they are printed against their targets, and fail nothing.
import assert from 'node:assert/strict';
import test from 'node:test';
import { expectVerdict, inspectBox, open, secretField } from './harness.mjs';
import { jwt, now } from './values.mjs';

const SECRET = 'f0a1c2e3d4958677f0a1c2e3d4958677f0a1c2e3d4958677f0a1c2e3d4958677';
const KEYSTROKES = 200;
const PAUSE = 80; // ms between two keystrokes: twelve a second, a fast typist
const TOKEN_BYTES = 8_192;
const VERDICT_LIMIT = 16; // ms, at the 95th percentile
const TASK_LIMIT = 50; // ms: what browsers call a long task, and report

/** A token of about `bytes` bytes. */
function tokenOf(bytes) {
  const claims = (note) => ({ sub: 'anna', exp: now() + 3600, note });
  const rest = jwt(claims(''), SECRET).length;
  return jwt(claims('x'.repeat(Math.floor(((bytes - rest) * 3) / 4))), SECRET);
}

/** Notes how long each keystroke takes until the verdict's word is another, and each long task. Run in the browser. */
function watch() {
  const noted = { verdicts: [], tasks: [] };
  let pressed;
  addEventListener('keydown', ({ timeStamp }) => (pressed = timeStamp), true);
  const word = () => document.querySelector('[aria-label="Verdict"] h2, [aria-label="Verdict"] h3')?.textContent;
  let last = word();
  new MutationObserver(() => {
    if (word() === last) return;
    last = word();
    noted.verdicts.push(performance.now() - pressed);
  }).observe(document.body, { childList: true, characterData: true, subtree: true });
  new PerformanceObserver((list) => noted.tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' });
  globalThis.keyjarBench = noted;
}

const held = (is) => (is ? 'within the target,' : 'BEYOND THE TARGET,');
const percentile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)];

test('keystroke to verdict', async (t) => {
  const page = await open(t, { at: 'inspect' });
  const token = tokenOf(TOKEN_BYTES);
  await inspectBox(page).fill(token);
  await secretField(page).fill(SECRET);
  await expectVerdict(page, 'Valid');
  await inspectBox(page).press('Control+End');
  await page.evaluate(watch);
  // Nothing looks at the page meanwhile: that would take its time. A keystroke that changed no verdict shows in the count.
  for (let count = 0; count < KEYSTROKES; count += 1) {
    await page.keyboard.press(count % 2 ? 'Backspace' : 'x');
    await page.waitForTimeout(PAUSE);
  }
  await expectVerdict(page, 'Valid');
  const { verdicts, tasks } = await page.evaluate(() => keyjarBench);
  const sorted = verdicts.toSorted((a, b) => a - b);
  const [median, p95] = [0.5, 0.95].map((share) => percentile(sorted, share));
  console.log(`keystroke to verdict, a token of ${token.length} bytes, ${verdicts.length} keystrokes:`);
  console.log(`  median ${median.toFixed(1)} ms, 95th percentile ${p95.toFixed(1)} ms: ${held(p95 < VERDICT_LIMIT)} under ${VERDICT_LIMIT} ms`);
  console.log(`  main-thread tasks over ${TASK_LIMIT} ms: ${tasks.map(Math.round).join(', ') || 'none'}: ${held(tasks.length === 0)} none`);
  assert.equal(verdicts.length, KEYSTROKES, 'every keystroke changed the verdict once');
});
