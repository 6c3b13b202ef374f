// A secret stays in memory: it is looked for everywhere else that a browser keeps or shows things.
import assert from 'node:assert/strict';
import test from 'node:test';
import { open } from './harness.mjs';
import { useEverything } from './round.mjs';

const SECRET = 'Distinctive-9f2c41d077ab5e13-secret';

/** Where `needle` stands, of all places of the page but the values of its fields. Run in the browser. */
async function places(needle) {
  const found = [];
  const look = (where, text) => String(text).includes(needle) && found.push(where);
  look('address', location.href);
  look('title', document.title);
  look('cookies', document.cookie);
  look('history.state', JSON.stringify(history.state));
  look('window.name', window.name);
  for (const [name, storage] of Object.entries({ localStorage, sessionStorage })) {
    if (storage.length > 0) found.push(`${name} is not empty`);
  }
  if ((await indexedDB.databases()).length > 0) found.push('indexedDB is not empty');
  if ((await caches.keys()).length > 0) found.push('caches are not empty');
  for (const element of document.querySelectorAll('*')) {
    for (const { name, value } of element.attributes) look(`<${element.localName} ${name}>`, value);
  }
  look('text of the document', document.documentElement.textContent);
  for (const entry of performance.getEntries()) look('performance entry', entry.name);
  return found;
}

test('after a round of use the secret is in no address, title, store, attribute, text or message', async (t) => {
  const page = await open(t);
  const addresses = [];
  page.on('framenavigated', (frame) => addresses.push(frame.url()));
  await useEverything(page, SECRET);
  assert.deepEqual(await page.evaluate(places, SECRET), []);
  assert.deepEqual([...addresses, ...page.console].filter((text) => text.includes(SECRET)), []);
  assert.deepEqual(await page.context().cookies(), []);
});

test('nor are the values that were inspected in an address, a title or a store', async (t) => {
  const page = await open(t, { at: 'inspect' });
  await page.getByRole('textbox', { name: 'Cookie, token or request' }).fill(`sid=${SECRET}`);
  await page.getByRole('region', { name: 'Verdict' }).waitFor();
  const found = await page.evaluate(places, SECRET);
  // The panel itself shows the value.
  assert.deepEqual(found.filter((place) => place !== 'text of the document'), []);
});

test('the look finds a secret where there is one', async (t) => {
  const page = await open(t);
  await page.evaluate((secret) => {
    localStorage.setItem('a', secret);
    document.title = secret;
    history.replaceState(secret, '', `#${secret}`);
    document.body.setAttribute('data-a', secret);
  }, SECRET);
  const found = await page.evaluate(places, SECRET);
  for (const place of ['address', 'title', 'history.state', 'localStorage is not empty', '<body data-a>']) {
    assert.ok(found.includes(place), place);
  }
});

test('the page logs nothing of its own', async (t) => {
  const page = await open(t);
  await useEverything(page, SECRET);
  // Chromium’s own words on what it does not support yet.
  const own = page.console.filter((line) => !/integrity.*preload|\[DOM\]/.test(line));
  assert.deepEqual(own, []);
});
