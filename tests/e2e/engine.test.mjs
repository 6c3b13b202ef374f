// The engine in its worker: it may crash, hang, or not start at all, and the page goes on and says what happened.
import assert from 'node:assert/strict';
import test from 'node:test';
import { expectText, expectVerdict, inspectBox, open, secretField } from './harness.mjs';
import { jwt, now } from './values.mjs';

const SECRET = 'f0a1c2e3d4958677f0a1c2e3d4958677';
const EXP = now() + 3600;
const token = (sub = 'anna') => jwt({ sub, exp: EXP }, SECRET);

/**
 * Gets hold of the page's workers before it starts them. `keyjarTest.next` changes the next message to the engine:
 * 'crash' replaces it, 'swallow' keeps it back. `keyjarTest.crash` makes a message out of the blue that crashes it.
 *
 * A message is postcard's bytes of src/protocol/mod.rs's `Numbered<Request>`: the number, in groups of seven bits whose
 * last byte is below 128, then the request's index among the variants. `Crash` is the fourth and holds nothing.
 */
const tapWorkers = (page) =>
  page.addInitScript(() => {
    const crash = (number) => Uint8Array.of(...number, 3);
    globalThis.keyjarTest = { workers: [], next: null, crash: () => crash([127]) };
    globalThis.Worker = class extends Worker {
      constructor(...args) {
        super(...args);
        keyjarTest.workers.push(this);
      }
      postMessage(message, ...rest) {
        const { next } = keyjarTest;
        if (!(message instanceof Uint8Array) || !next) return super.postMessage(message, ...rest);
        keyjarTest.next = null;
        if (next === 'crash') super.postMessage(crash(message.slice(0, message.findIndex((byte) => byte < 128) + 1)));
      }
    };
  });

async function openTapped(t) {
  const page = await open(t, { at: 'inspect', prepare: tapWorkers });
  await inspectBox(page).fill(token());
  await secretField(page).fill(SECRET);
  await expectVerdict(page, 'Valid');
  return page;
}

const workers = (page) => page.evaluate(() => keyjarTest.workers.length);

test('a crash out of the blue is said, and the next question is answered by a new engine', async (t) => {
  const page = await openTapped(t);
  assert.equal(await workers(page), 1);
  await page.evaluate(() => keyjarTest.workers[0].postMessage(keyjarTest.crash()));
  await page.getByText('The engine stopped and was started again. What you typed is kept.').waitFor();
  assert.equal(await workers(page), 2);
  assert.equal(await inspectBox(page).inputValue(), token());
  assert.equal(await secretField(page).inputValue(), SECRET);
  await inspectBox(page).fill(token('berta'));
  await expectText(page.getByRole('region', { name: 'Payload' }), 'berta');
  await expectVerdict(page, 'Valid');
});

test('a crash on an input is said beside it; what was typed stays, and another input is answered', async (t) => {
  const page = await openTapped(t);
  const deadly = token('the one that crashes');
  await page.evaluate(() => (keyjarTest.next = 'crash'));
  await inspectBox(page).fill(deadly);
  await page.getByText('The engine stopped on this input and was started again. What you typed is kept.').waitFor();
  assert.equal(await inspectBox(page).inputValue(), deadly);
  assert.equal(await secretField(page).inputValue(), SECRET);
  await inspectBox(page).fill(token('berta'));
  await expectText(page.getByRole('region', { name: 'Payload' }), 'berta');
  await expectVerdict(page, 'Valid');
  assert.equal(await page.getByText('The engine stopped on this input').count(), 0);
});

test('an engine that hangs is ended after its limit', async (t) => {
  const page = await openTapped(t);
  await page.evaluate(() => (keyjarTest.next = 'swallow'));
  const began = Date.now();
  await inspectBox(page).fill(token('the one that hangs'));
  await page.getByText('The engine took longer than 5 seconds on this input and was started again.').waitFor();
  assert.ok(Date.now() - began > 4500, 'not before its time');
  await inspectBox(page).fill(token('berta'));
  await expectText(page.getByRole('region', { name: 'Payload' }), 'berta');
  await expectVerdict(page, 'Valid');
});

test('the new engine is sealed as the old one was', async (t) => {
  const page = await openTapped(t);
  const [another] = await Promise.all([
    page.waitForEvent('worker'),
    page.evaluate(() => keyjarTest.workers[0].postMessage(keyjarTest.crash())),
  ]);
  const refused = await another.evaluate((at) => fetch(at).then(() => false, () => true), page.url().split('#')[0]);
  assert.ok(refused);
});

test('an answer to an older question is never shown', async (t) => {
  const page = await openTapped(t);
  // Keystrokes faster than answers: what is shown at the end is the last one's.
  const tokens = Array.from({ length: 40 }, (_, index) => token(`user-${index}`));
  const box = await inspectBox(page).elementHandle();
  await box.evaluate((box, tokens) => {
    for (const text of tokens) {
      box.value = text;
      box.dispatchEvent(new Event('input', { bubbles: true }));
    }
  }, tokens);
  await expectText(page.getByRole('region', { name: 'Payload' }), '"sub": "user-39"');
  await page.waitForTimeout(300);
  await expectText(page.getByRole('region', { name: 'Payload' }), '"sub": "user-39"');
});

test('where no worker can be started, the page says so and goes on making keys', async (t) => {
  const page = await open(t, {
    at: 'inspect',
    ready: false,
    prepare: (page) =>
      page.addInitScript(() => {
        globalThis.Worker = class {
          constructor() {
            throw new Error('no workers here');
          }
        };
      }),
  });
  await inspectBox(page).fill(token());
  await expectText(page.getByRole('main'), 'The engine cannot be started (no workers here). Reload the page.');
  await page.getByRole('link', { name: 'Generate' }).click();
  await page.getByRole('status', { name: 'The key' }).waitFor();
});
