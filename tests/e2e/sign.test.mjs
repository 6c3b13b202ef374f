// Sign: a cookie or token is made, and servers' own libraries accept it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { JSONCookie, signedCookie } from 'cookie-parser';
import { promisify } from 'node:util';
import { jwtVerify } from 'jose';
import test from 'node:test';
import { copied, expectText, expectVerdict, inspectBox, open, pickScheme, secretField, shownValue, until } from './harness.mjs';
import { middle } from './values.mjs';

const SECRET = '5f1d8a0c3b7e4692a1d05c9be8f73624';
const result = (page) => page.getByRole('region', { name: 'The result' });
const payload = (page) => page.getByRole('textbox', { name: 'Payload' });
const copy = (page, name) => copied(page, page.getByRole('button', { name, exact: true }));

/** Opens Sign with the secret filled in, and the scheme and payload if they are given. */
async function sign(t, { scheme, form, text, secret = SECRET } = {}) {
  const page = await open(t, { at: 'sign' });
  await secretField(page).fill(secret);
  if (scheme) await pickScheme(page, scheme);
  if (form) await page.getByRole('radio', { name: form, exact: true }).check({ force: true });
  if (text !== undefined) {
    const before = await shownValue(page);
    await payload(page).fill(text);
    await until(async () => !['', before].includes(await shownValue(page)), 'another value is signed');
  }
  return page;
}

test('without a secret the page says so and offers the key from Generate', async (t) => {
  const page = await open(t, { at: 'sign' });
  await page.getByRole('heading', { name: 'There is no secret yet' }).waitFor();
  await page.getByRole('button', { name: 'Enter one' }).click();
  assert.ok(await secretField(page).evaluate((field) => field === document.activeElement));
  await result(page).getByRole('button', { name: 'Use the key from Generate' }).click();
  await page.getByRole('heading', { name: 'Value', exact: true }).waitFor();
  await page.getByText('The key from Generate.').waitFor();
});

for (const alg of ['HS256', 'HS384', 'HS512']) {
  test(`a JWT with ${alg} is signed, copied, and accepted by jose`, async (t) => {
    const page = await sign(t);
    await page.getByRole('combobox', { name: 'alg' }).selectOption(alg);
    await payload(page).fill('{"sub":"anna","role":"editor"}');
    await until(async () => middle(await shownValue(page)).includes('anna'), 'the payload is signed');
    const value = await copy(page, 'Copy value');
    assert.equal(value, await shownValue(page));
    const { payload: claims, protectedHeader } = await jwtVerify(value, Buffer.from(SECRET), { algorithms: [alg] });
    assert.deepEqual(claims, { sub: 'anna', role: 'editor' });
    assert.equal(protectedHeader.alg, alg);
  });
}

test('an Express cookie is signed, text and JSON, and cookie-parser reads it', async (t) => {
  const page = await sign(t, { scheme: 'Express signed cookie', form: 'Text', text: 'h3Wq0Zt7uYb1Kx9V' });
  const text = await copy(page, 'Copy value');
  assert.equal(signedCookie(text, SECRET), 'h3Wq0Zt7uYb1Kx9V');
  await page.getByRole('radio', { name: 'JSON', exact: true }).check({ force: true });
  await payload(page).fill('{"cart":[1,2]}');
  await until(async () => (await shownValue(page)).includes('cart'), 'the JSON is signed');
  assert.deepEqual(JSONCookie(signedCookie(await copy(page, 'Copy value'), SECRET)), { cart: [1, 2] });
});

test('JSON is checked as one types, and the fault and its place are shown', async (t) => {
  const page = await sign(t, { text: '{"sub":"anna"}' });
  await payload(page).fill('{"sub":"anna",}');
  await page.getByRole('alert').filter({ hasText: 'This is not JSON' }).waitFor();
  assert.equal(await payload(page).getAttribute('aria-invalid'), 'true');
  await expectText(page.getByRole('alert').first(), /column 15/);
  await page.getByRole('heading', { name: 'Nothing is signed' }).waitFor();
  await page.getByRole('button', { name: 'Go to the field' }).click();
  assert.ok(await payload(page).evaluate((field) => field === document.activeElement));
  await page.keyboard.press('Control+End');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Backspace');
  await page.getByRole('heading', { name: 'Value', exact: true }).waitFor();
  assert.equal(await page.getByRole('alert').count(), 0);
});

test('hex bytes that are none are explained', async (t) => {
  const page = await sign(t);
  await page.getByRole('radio', { name: 'Hex bytes', exact: true }).check({ force: true });
  await payload(page).fill('00ff0g');
  await page.getByRole('alert').waitFor();
  await payload(page).fill('00ff0a');
  await page.getByRole('heading', { name: 'Value', exact: true }).waitFor();
});

test('the claims that are tedious to type are one press away', async (t) => {
  const page = await sign(t, { text: '{"sub":"anna"}' });
  await page.getByRole('button', { name: 'Expires in 1 hour' }).click();
  await page.getByRole('button', { name: 'Random ID' }).click();
  const claims = JSON.parse(await payload(page).inputValue());
  assert.equal(claims.sub, 'anna');
  assert.equal(claims.exp - claims.iat, 3600);
  assert.ok(Math.abs(claims.iat - Date.now() / 1000) < 30);
  assert.match(claims.jti, /^[\w-]{22}$/);
});

test('the safe attributes are on, and each that is switched off is remarked on at once', async (t) => {
  const page = await sign(t, { text: '{"sub":"anna"}' });
  const row = (name) => page.getByRole('listitem').filter({ has: page.getByText(name, { exact: true }) });
  const line = await copy(page, 'Copy line');
  assert.match(line, /^Set-Cookie: __Host-session=[\w.-]+; Path=\/; Secure; HttpOnly; SameSite=Lax$/);

  await page.getByRole('switch', { name: /^HttpOnly/ }).uncheck({ force: true });
  await expectText(row('HttpOnly'), 'Any script on the page can read this login cookie.');
  await page.getByRole('switch', { name: /^HttpOnly/ }).check({ force: true });
  await until(async () => !(await row('HttpOnly').innerText()).includes('Any script'), 'the remark is gone');

  await page.getByRole('switch', { name: /^Secure/ }).uncheck({ force: true });
  await expectText(row('Secure'), 'Browsers refuse a __Host- cookie without Secure.');
  await page.getByRole('combobox', { name: /^SameSite/ }).selectOption('None');
  await expectText(row('SameSite'), 'refuse a SameSite=None cookie that is not Secure');
  await page.getByRole('textbox', { name: /^Domain/ }).fill('example.com');
  await expectText(row('Domain'), '__Host-');
  assert.match(await copy(page, 'Copy line'), /; Domain=example\.com.*; SameSite=None$/);
});

test('a Max-Age that is no number is said and left out; one that is stands in the line', async (t) => {
  const page = await sign(t, { text: '{"sub":"anna"}' });
  const age = page.getByRole('textbox', { name: /^Max-Age/ });
  await age.fill('soon');
  await page.getByRole('alert').filter({ hasText: 'Max-Age is a whole number of seconds' }).waitFor();
  assert.doesNotMatch(await copy(page, 'Copy line'), /Max-Age/);
  await age.fill('3600');
  await page.locator('label', { hasText: 'Max-Age' }).getByText('1 hour', { exact: true }).waitFor();
  await until(async () => /Max-Age=3600/.test(await result(page).innerText()), 'the line has the Max-Age');
});

test('a cookie name that is none is explained', async (t) => {
  const page = await sign(t, { text: '{"sub":"anna"}' });
  await page.getByRole('textbox', { name: 'Cookie name' }).fill('my cookie');
  await page.getByRole('group', { name: 'Cookie' }).getByRole('alert').waitFor();
  await page.getByRole('textbox', { name: 'Cookie name' }).fill('sid');
  await until(async () => /Set-Cookie: sid=/.test(await result(page).innerText()), 'the line has the name');
});

test('the curl command reads as three words to a shell, and its cookie to Express as the value', async (t) => {
  const page = await sign(t, { scheme: 'Express signed cookie', form: 'Text', text: "it's 100 % $HOME" });
  const command = await copy(page, 'Copy command');
  // In curl's place a function that prints what it is given, one word a line.
  const { stdout } = await promisify(execFile)('sh', ['-c', `curl() { printf '%s\\n' "$@"; }; ${command}`]);
  const [option, header, address] = stdout.split('\n');
  assert.deepEqual([option, address], ['--header', 'https://example.com/']);
  const [, name, value] = header.match(/^Cookie: ([^=]+)=(.*)$/);
  assert.equal(name, '__Host-session');
  assert.equal(signedCookie(decodeURIComponent(value), SECRET), "it's 100 % $HOME");
});

test('a program that checks the value is there to copy, with its secret read as here', async (t) => {
  const page = await sign(t, { text: '{"sub":"anna"}' });
  assert.match(await copy(page, 'Copy program'), /jwtVerify/);
  await page.getByRole('tab', { name: 'Python, PyJWT' }).click();
  await until(async () => /jwt\.decode/.test(await result(page).innerText()), 'the Python program is shown');
});

test('Inspect this takes it apart again and finds it valid', async (t) => {
  for (const [scheme, form, text] of [
    ['JWT, signed (JWS)', 'JSON', '{"sub":"anna","exp":4102444800}'],
    ['Express signed cookie', 'Text', 'h3Wq0Zt7uYb1Kx9VfJm2Rc'],
    ['Plain signed value', 'Text', 'user=42; role=reader'],
  ]) {
    const page = await sign(t, { scheme, form, text });
    const line = await copy(page, 'Copy line');
    await page.getByRole('button', { name: 'Inspect this' }).click();
    await expectVerdict(page, 'Valid');
    assert.equal(await inspectBox(page).inputValue(), line);
  }
});
