// What is served must be what was published: a file that differs by a byte, or is not there, is refused and named.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { SITE, copyOfSite, expectText, host, inspectBox, open } from './harness.mjs';

const file = (pattern) => readdirSync(SITE).find((name) => pattern.test(name)) ?? assert.fail(`no file like ${pattern}`);

/** Serves the site with one bit of one file changed. */
async function changed(name) {
  const folder = await copyOfSite();
  const bytes = await readFile(join(folder, name));
  bytes[bytes.length >> 1] ^= 1;
  await writeFile(join(folder, name), bytes);
  return (await host(folder)).address;
}

const key = (page) => page.getByRole('status', { name: 'The key' });

for (const pattern of [/^page-.*\.js$/, /^page-.*\.wasm$/]) {
  test(`the page’s own file ${pattern.source} changed: it does not start, and says why`, async (t) => {
    const name = file(pattern);
    const page = await open(t, { address: await changed(name), ready: false });
    const alert = page.getByRole('alert');
    await expectText(alert, 'Keyjar cannot start');
    await expectText(alert, `${name} did not arrive, or is not the file that was published.`);
    assert.equal(await key(page).count(), 0);
  });
}

for (const pattern of [/^engine-.*\.js$/, /^engine-.*\.wasm$/]) {
  test(`the engine’s file ${pattern.source} changed: a key can still be made, the rest says what is missing`, async (t) => {
    const name = file(pattern);
    const page = await open(t, { address: await changed(name), ready: false, at: 'inspect' });
    await page.getByRole('button', { name: 'No engine' }).click();
    await expectText(page.getByRole('dialog'), `The engine cannot start: ${name} did not arrive, or is not the file`);
    await page.keyboard.press('Escape');
    await inspectBox(page).fill('eyJhbGciOiJIUzI1NiJ9.e30.AAAA');
    await expectText(page.getByRole('main'), `${name} did not arrive`);
    await page.getByRole('link', { name: 'Generate' }).click();
    await key(page).waitFor();
    assert.equal(page.workers().length, 0);
  });
}

test('the engine’s file missing: the same, and the page is sealed all the same', async (t) => {
  const folder = await copyOfSite();
  const name = file(/^engine-.*\.wasm$/);
  await rm(join(folder, name));
  const { address } = await host(folder);
  const page = await open(t, { address, ready: false });
  await key(page).waitFor();
  await page.getByRole('button', { name: 'No engine' }).click();
  await expectText(page.getByRole('dialog'), name);
  assert.ok(await page.evaluate((at) => fetch(at).then(() => false, () => true), address), 'its own host is refused');
  await page.getByRole('link', { name: 'Sign' }).click();
  await page.getByRole('textbox', { name: 'Secret', exact: true }).fill('some secret');
  await expectText(page.getByRole('main'), name);
});

test('the start script changed: nothing starts, and the page says what to try', async (t) => {
  const page = await open(t, { address: await changed(file(/^boot-.*\.js$/)), ready: false });
  await page.getByText('This takes long. Reload the page').waitFor({ timeout: 20_000 });
  assert.equal(await key(page).count(), 0);
});

test('the style sheet changed: it is not applied', async (t) => {
  const page = await open(t, { address: await changed(file(/\.css$/)), ready: false });
  await key(page).waitFor();
  assert.equal(await page.evaluate(() => document.styleSheets.length), 0);
});

test('without WebAssembly the page says so and what to do', async (t) => {
  const page = await open(t, { ready: false, prepare: (page) => page.addInitScript(() => delete globalThis.WebAssembly) });
  const alert = page.getByRole('alert');
  await expectText(alert, 'Keyjar cannot start');
  await expectText(alert, 'WebAssembly is missing or switched off here. Allow it for this page, or use another browser.');
});

test('without JavaScript the page says so and what to do', async (t) => {
  const page = await open(t, { ready: false, javaScriptEnabled: false });
  const words = page.locator('noscript p');
  assert.ok(await words.isVisible());
  await expectText(words, 'JavaScript is switched off here. Allow it for this page and reload.');
});
