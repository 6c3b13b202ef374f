// What every test of the page starts with: a browser, the built site as a host serves it, and a page that is sealed.
//
// CHROMIUM names the browser (default: `chromium` of PATH's usual place). KEYJAR_SITE names the folder that is served
// (default: dist/, the release build), so that one can write tests against a quicker build.
import assert from 'node:assert/strict';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { serve } from '../../scripts/serve.mjs';

export const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
export const SITE = process.env.KEYJAR_SITE ?? join(PROJECT, 'dist');

const ARGUMENTS = [
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Chromium refuses its sandbox to root, as in most containers.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];

/** One browser a file. */
export const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  args: ARGUMENTS,
});
after(() => browser.close());

/** Serves a folder until the tests are over, and notes every request: `METHOD /path`. */
export async function host(folder = SITE) {
  const requests = [];
  const site = await serve({ folder, port: 0, onRequest: ({ method, url }) => requests.push(`${method} ${url}`) });
  after(() => site.close());
  return { address: site.address, requests };
}

/** A copy of the site to break, gone after the tests. */
export async function copyOfSite() {
  const folder = await mkdtemp(join(tmpdir(), 'keyjar-'));
  after(() => rm(folder, { recursive: true }));
  await cp(SITE, folder, { recursive: true });
  return folder;
}

/** The site itself. */
export const home = await host();

/** Another origin: it answers everything, allows everyone to read the answer, and notes every request. */
export const elsewhere = await (async () => {
  const requests = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    response.writeHead(200, { 'content-type': 'text/html', 'access-control-allow-origin': '*' }).end();
  });
  server.on('upgrade', (request, socket) => {
    requests.push(`UPGRADE ${request.url}`);
    socket.destroy();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { address: `http://127.0.0.1:${server.address().port}/`, requests };
})();

/**
 * Opens the page in a browser that knows nothing yet, and waits until it is sealed.
 *
 * `at` is the address's hash; `address` another host than `home`; `prepare` is run with the page before it loads;
 * `ready: false` does not wait. All else goes to Playwright's `newContext`. Returns the page. What it wrote to its
 * console stands in `page.console`, and an error that nothing caught fails the test.
 */
export async function open(test, { at = '', address = home.address, prepare, ready = true, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en', ...options });
  const page = await context.newPage();
  const uncaught = [];
  page.console = [];
  page.on('console', (message) => page.console.push(message.text()));
  page.on('pageerror', (error) => uncaught.push(error.message));
  page.setDefaultTimeout(10_000);
  test.after(async () => {
    await context.close();
    assert.deepEqual(uncaught, [], 'no error goes uncaught in the page');
  });
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: new URL(elsewhere.address).origin });
  await prepare?.(page);
  await page.goto(address + (at && `#${at}`));
  if (ready) await sealed(page);
  return page;
}

/** Waits until the page is sealed and the engine has answered: it has then named its schemes. */
export async function sealed(page) {
  await page.getByRole('button', { name: 'Sealed', exact: true }).waitFor();
}

/** Goes to a panel by its link in the head. */
export async function go(page, panel) {
  await page.getByRole('navigation', { name: 'Panels' }).getByRole('link', { name: panel }).click();
}

/** Presses a button that copies, and gives what is on the clipboard then. Keyjar's own pages may not read it. */
export async function copied(page, button) {
  const reader = await page.context().newPage();
  await reader.goto(elsewhere.address);
  await reader.evaluate(() => navigator.clipboard.writeText(''));
  await page.bringToFront();
  await button.click();
  await reader.bringToFront();
  const clipboard = () => reader.evaluate(() => navigator.clipboard.readText());
  await until(async () => (await clipboard()) !== '', 'something is copied');
  const text = await clipboard();
  await reader.close();
  return text;
}

/** Waits until `holds` gives true; `what` says what should have come true. */
export async function until(holds, what, { within = 10_000 } = {}) {
  const end = Date.now() + within;
  while (!(await holds())) {
    if (Date.now() > end) assert.fail(`after ${within} ms it is still not so that ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** The verdict's word: `Valid`, `Not valid` … */
export function verdict(page) {
  return page.getByRole('region', { name: 'Verdict' });
}

/** Waits until Inspect's verdict is `word` and its card holds each of `says`. */
export async function expectVerdict(page, word, ...says) {
  await verdict(page).getByRole('heading', { name: word, exact: true }).waitFor();
  for (const text of says) await expectText(verdict(page), text);
}

/** Waits until `locator` holds the text (a string or a pattern), however it is broken into lines and elements. */
export async function expectText(locator, text) {
  const said = async () => (await locator.innerText()).replaceAll(/\s+/g, ' ');
  const is = (all) => (text instanceof RegExp ? text.test(all) : all.includes(text));
  const end = Date.now() + 10_000;
  let last = '';
  while (!is((last = await said()))) {
    if (Date.now() > end) assert.fail(`expected ${text}, and it says: ${last}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Inspect's box, whatever it is called when several panels are there. */
export function inspectBox(page) {
  return page.getByRole('textbox', { name: 'Cookie, token or request' });
}

/** Chooses a scheme, by its title, in the combobox of that label. */
export async function pickScheme(page, title, label = 'Scheme') {
  const box = page.getByRole('combobox', { name: label, exact: true });
  await box.click();
  await box.fill(title);
  await page.getByRole('option').filter({ visible: true, has: page.getByText(title, { exact: true }) }).click();
}

/** The secret of the panel that is shown. */
export function secretField(page) {
  return page.getByRole('main').getByRole('textbox', { name: 'Secret', exact: true }).filter({ visible: true });
}

/** The signed value that Sign shows; empty while there is none. */
export async function shownValue(page) {
  const value = page.locator('#sign-value');
  return (await value.count()) ? value.textContent() : '';
}
