// Generate: what a person does with a key, from the page's opening to the file on disk.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test from 'node:test';
import { copied, expectText, expectVerdict, go, inspectBox, open, secretField, until } from './harness.mjs';
import { jwt, now } from './values.mjs';

const key = (page) => page.getByRole('status', { name: /^The key/ });
const shownKey = (page) => key(page).textContent();
const line = (page) => page.locator('#env-panel');
const title = (page, bits) => page.getByRole('heading', { name: `${bits}-bit key`, exact: true });
/** The radio itself is drawn over by its label. */
const choose = (page, name) => page.getByRole('radio', { name, exact: true }).check({ force: true });

async function choosePreset(page, name) {
  const box = page.getByRole('combobox', { name: 'For' });
  await box.click();
  await box.fill(name);
  await page.getByRole('option').filter({ hasText: name }).first().click();
}

test('a key is there when the page opens, before the engine is, and another each time', async (t) => {
  const first = await shownKey(await open(t, { ready: false }));
  const second = await shownKey(await open(t, { ready: false }));
  assert.match(first, /^[0-9a-f]{64}$/);
  assert.match(second, /^[0-9a-f]{64}$/);
  assert.notEqual(first, second);
});

test('before the page is there, the start screen has a key already; it can be copied, and the page keeps it', async (t) => {
  let release;
  const held = new Promise((resolve) => (release = resolve));
  const page = await open(t, {
    ready: false,
    prepare: (page) => page.route('**/page-*.wasm', (route) => held.then(() => route.continue())),
  });
  const early = await shownKey(page);
  assert.match(early, /^[0-9a-f]{64}$/);
  assert.equal(await page.getByRole('navigation', { name: 'Panels' }).count(), 0, 'the page is not there yet');
  assert.equal(await copied(page, page.getByRole('button', { name: 'Copy key' })), early);
  release();
  await page.getByRole('navigation', { name: 'Panels' }).waitFor();
  assert.equal(await shownKey(page), early);
  assert.equal(await page.evaluate(() => keyjar.firstKey), null, 'nothing is left of it in the start script');
});

test('New key draws another', async (t) => {
  const page = await open(t);
  const before = await shownKey(page);
  await page.getByRole('button', { name: 'New key' }).click();
  await until(async () => (await shownKey(page)) !== before, 'another key is shown');
  await expectText(line(page), await shownKey(page));
});

test('the size is chosen, and the key has it', async (t) => {
  const page = await open(t);
  for (const bits of [384, 512, 256]) {
    await choose(page, String(bits));
    await title(page, bits).waitFor();
    assert.equal((await shownKey(page)).length, bits / 4, `${bits} bits are ${bits / 4} hex digits`);
  }
});

test('another size is typed; one that cannot be is explained and leaves the key as it is', async (t) => {
  const page = await open(t);
  await choose(page, 'Other');
  const bytes = page.getByRole('textbox', { name: 'Bytes' });
  await bytes.fill('20');
  await title(page, 160).waitFor();
  const made = await shownKey(page);
  assert.match(made, /^[0-9a-f]{40}$/);
  for (const [typed, message] of [
    ['8', '8 bytes can be searched for. Type a whole number from 16 to 1024.'],
    ['2000', 'A key has 16 to 1024 bytes. Type a whole number between them.'],
    ['many', 'A key has 16 to 1024 bytes. Type a whole number between them.'],
    ['', 'A key has 16 to 1024 bytes. Type a whole number between them.'],
  ]) {
    await bytes.fill(typed);
    await page.getByText(message, { exact: true }).waitFor();
    assert.equal(await bytes.getAttribute('aria-invalid'), 'true');
    assert.equal(await shownKey(page), made);
  }
  await bytes.fill('1024');
  await title(page, 8192).waitFor();
  assert.equal((await shownKey(page)).length, 2048);
});

test('the same key is written in hex, Base64 and Base64url; letters and digits are drawn anew', async (t) => {
  const page = await open(t);
  const bytes = Buffer.from(await shownKey(page), 'hex');
  await choose(page, 'Base64');
  await until(async () => (await shownKey(page)) === bytes.toString('base64'), 'the key is written in Base64');
  await choose(page, 'Base64url');
  await until(async () => (await shownKey(page)) === bytes.toString('base64url'), 'the key is written in Base64url');
  await choose(page, 'Letters+digits');
  // 43 of 62 characters hold 256 bits.
  await until(async () => /^[A-Za-z0-9]{43}$/.test(await shownKey(page)), 'the key is letters and digits');
  await choose(page, 'Hex');
  await until(async () => /^[0-9a-f]{64}$/.test(await shownKey(page)), 'the key is hex again');
});

test('a framework sets variable, size and form, and says why and whether the key fits', async (t) => {
  const page = await open(t);
  const variable = page.getByRole('textbox', { name: 'Variable' });
  const facts = page.getByRole('region', { name: 'What kind of key' });

  await choosePreset(page, 'Rails');
  await title(page, 512).waitFor();
  assert.equal(await variable.inputValue(), 'SECRET_KEY_BASE');
  assert.match(await shownKey(page), /^[0-9a-f]{128}$/);
  await expectText(facts, 'This key fits Rails.');

  await choosePreset(page, 'Laravel');
  await until(async () => /^base64:[A-Za-z0-9+/]{43}=$/.test(await shownKey(page)), 'the key has Laravel’s form');
  assert.equal(await variable.inputValue(), 'APP_KEY');
  await expectText(line(page), 'APP_KEY=');
  await choose(page, '512');
  await expectText(facts, 'This key does not fit Laravel.');

  await choosePreset(page, 'Django');
  await expectText(facts, /Why .*50 characters/);
  await expectText(facts, 'This key fits Django.');
  await page.getByText('SECRET_KEY = os.environ["SECRET_KEY"]').waitFor();
});

test('frameworks are found by language and variable too, and none found is said', async (t) => {
  const page = await open(t);
  const box = page.getByRole('combobox', { name: 'For' });
  await box.click();
  await box.fill('php');
  await page.getByRole('option').filter({ hasText: 'Laravel' }).waitFor();
  await box.fill('AUTH_SECRET');
  await page.getByRole('option').filter({ hasText: 'Auth.js' }).waitFor();
  await box.fill('cobol');
  await page.getByText('None found: choose any framework, and name the variable yourself').waitFor();
  assert.equal(await page.getByRole('option').count(), 0);
});

test('the variable is named as one likes; a name that the target cannot hold is explained', async (t) => {
  const page = await open(t);
  const variable = page.getByRole('textbox', { name: 'Variable' });
  await variable.fill('COOKIE_KEY');
  await expectText(line(page), `COOKIE_KEY='${await shownKey(page)}'`);
  for (const wrong of ['1KEY', 'A B', '']) {
    await variable.fill(wrong);
    await line(page).getByRole('alert').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Copy line' }).count(), 0, 'there is no line to copy');
  }
});

test('Copy key gives the key that is shown, without the gaps between its groups', async (t) => {
  const page = await open(t);
  const shown = await shownKey(page);
  assert.equal(await copied(page, page.getByRole('button', { name: 'Copy key' })), shown);
  await page.getByRole('status').filter({ hasText: /^Copied$/ }).waitFor({ state: 'attached' });
});

test('every target’s line is copied, and its file saved, with the key that is shown', async (t) => {
  const page = await open(t);
  const shown = await shownKey(page);
  const base64 = Buffer.from(shown).toString('base64');
  const targets = [
    ['.env', `SESSION_SECRET='${shown}'`, '.env'],
    ['Shell', `export SESSION_SECRET='${shown}'`, 'env.sh'],
    ['Docker', `SESSION_SECRET=${shown}`, 'docker.env'],
    ['Compose', `SESSION_SECRET: "${shown}"`, 'compose.override.yaml'],
    ['systemd', `SESSION_SECRET="${shown}"`, 'app.env'],
    ['Kubernetes', `SESSION_SECRET: "${base64}"`, 'secret.yaml'],
    ['PowerShell', `$env:SESSION_SECRET = '${shown}'`, 'env.ps1'],
  ];
  assert.deepEqual(await page.getByRole('tablist', { name: 'Put it in' }).getByRole('tab').allInnerTexts(), targets.map(([name]) => name));
  for (const [name, expected, file] of targets) {
    await page.getByRole('tab', { name, exact: true }).click();
    await page.getByRole('tabpanel', { name, exact: true }).waitFor();
    assert.equal((await copied(page, page.getByRole('button', { name: 'Copy line' }))).trim(), expected, name);
    assert.ok((await line(page).textContent()).includes(expected), `${name}: what was copied is shown`);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: `Save ${file}`, exact: true }).click(),
    ]);
    // Chromium takes a leading dot from a name.
    assert.ok([file, file.replace(/^\./, '')].includes(download.suggestedFilename()), download.suggestedFilename());
    const saved = await readFile(await download.path(), 'utf8');
    assert.ok(saved.includes(expected), `${file} holds the line: ${saved}`);
    assert.ok(saved.endsWith('\n'), `${file} ends its last line`);
  }
});

test('a framework with several variables gives them all, and each its own value', async (t) => {
  const page = await open(t);
  await choosePreset(page, 'WordPress');
  const lines = (await copied(page, page.getByRole('button', { name: 'Copy lines' }))).split('\n');
  assert.equal(lines.length, 8, 'four keys and four salts');
  assert.equal(new Set(lines.map((line) => line.slice(line.indexOf('=')))).size, 8);
});

test('Hide takes key and line out of the document; what is copied stays the key', async (t) => {
  const page = await open(t);
  const shown = await shownKey(page);
  await page.getByRole('button', { name: 'Hide', exact: true }).click();
  await page.getByRole('status', { name: 'The key, hidden' }).waitFor();
  assert.ok(!(await page.content()).includes(shown), 'the key is nowhere in the document');
  assert.equal(await copied(page, page.getByRole('button', { name: 'Copy key' })), shown);
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await until(async () => (await shownKey(page)) === shown, 'the same key is shown again');
});

test('the key is used in Sign and in Inspect', async (t) => {
  const page = await open(t);
  const shown = await shownKey(page);
  await page.getByRole('button', { name: 'Sign', exact: true }).click();
  await page.getByRole('main', { name: 'Sign' }).waitFor();
  assert.equal(await secretField(page).inputValue(), shown);
  await page.getByRole('heading', { name: 'Value', exact: true }).waitFor();

  await go(page, 'Generate');
  assert.equal(await shownKey(page), shown, 'the key is still there');
  await page.getByRole('main').getByRole('button', { name: 'Inspect', exact: true }).click();
  assert.equal(await secretField(page).inputValue(), shown);
  await inspectBox(page).fill(jwt({ sub: 'anna', exp: now() + 60 }, shown));
  await expectVerdict(page, 'Valid');
});
