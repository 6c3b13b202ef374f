// One scheme of each family, with values that the frameworks themselves made (tests/vectors): found, verified, refused
// when changed, edited and signed again. And what is slow runs only when asked for.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test from 'node:test';
import { copied, expectText, expectVerdict, go, inspectBox, open, pickScheme, secretField, shownValue, until, verdict } from './harness.mjs';

const vectors = async (scheme) => JSON.parse(await readFile(new URL(`../vectors/${scheme}.json`, import.meta.url))).cases;
const payload = (page) => page.getByRole('textbox', { name: 'Payload' });
const READINGS = { hex: 'hex', base64: 'Base64', base64url: 'Base64url' };

/** The family, the scheme's vectors, the case's name, what the page calls it, and the options that must be set by hand. */
const FAMILIES = [
  ['itsdangerous', 'flask-session', 'small dict', /Flask session/],
  ['Django', 'django-session-signed-cookies', 'a logged-in user', /Django session/],
  ['Tornado', 'tornado-v2', 'after 2038', /Tornado/],
  ['Fernet', 'fernet', 'short text', /Fernet/],
  ['Rails, signed', 'rails8-signed-cookie', '8.1.3.1: json serializer, special characters', /Rails signed cookie/],
  ['Rails, encrypted', 'rails8-encrypted-cookie', '7.2.2.1: gcm, marshal serializer', /Rails encrypted cookie/],
  ['Rack', 'rack-session-cookie', 'json, SHA512', /Rack session/],
  ['Laravel', 'laravel-cookie', 'cookie name with capitals and dots', /Laravel encrypted/],
  ['gorilla', 'gorilla-securecookie', 'json, nested', /Gorilla/i],
  ['Rust cookie', 'rust-cookie-private', 'Key::from, word', /Rust private/],
  ['Plug', 'plug-session-cookie', 'signed, list', /Plug session/, ['signing_salt']],
  ['Phoenix', 'phoenix-token', 'max_age infinity', /Phoenix token/, ['salt', 'max_age']],
  ['Mojolicious', 'mojolicious-session', '9.0: small', /Mojolicious session/, ['mojolicious_version']],
  ['keygrip', 'keygrip', 'cookie-session, small', /Keygrip/i],
  ['cookie-signature', 'fastify-cookie', 'text', /signed cookie/i],
  ['Iron', 'iron-session', 'ttl 0: no expiry', /[Ii]ron/],
  ['JWE', 'authjs-jwe', 'A256GCM, no kid', /Auth\.js/],
  ['AdonisJS', 'adonisjs-signed-cookie', 'object', /AdonisJS signed/],
];

/** The header that a browser sends with it; a bare value where the framework has no cookie. */
function header({ cookie_name: name, cookie_value: value, set_cookie: line, options }) {
  if (!name) return value;
  const sent = line ? line.slice(line.indexOf('=') + 1).match(/^"(?:[^"\\]|\\.)*"|^[^;]*/)[0] : encodeURIComponent(value);
  const second = options.sig_value ? `; ${name}.sig=${options.sig_value}` : '';
  return `Cookie: ${name}=${sent}${second}`;
}

/** The same with one character changed, in the middle of the value. */
function changed(text) {
  const end = text.includes('.sig=') ? text.indexOf('; ') : text.length;
  const start = text.startsWith('Cookie: ') ? text.indexOf('=') + 1 : 0;
  let at = Math.floor(start + (end - start) * 0.8);
  while (!/[A-Za-z0-9]/.test(text[at]) || /%.?$/.test(text.slice(0, at))) at += 1;
  return text.slice(0, at) + (text[at] === 'B' ? 'C' : 'B') + text.slice(at + 1);
}

async function give(page, text, { secret, secret_encoding: encoding }) {
  await inspectBox(page).fill(text);
  await secretField(page).fill(secret);
  const reading = READINGS[encoding];
  if (reading) await page.getByLabel('How the secret is read').first().selectOption(reading);
}

async function setOptions(page, names, options) {
  if (!names.length) return;
  await page.locator('details', { has: page.locator(`#inspect-option-${names[0]}`) }).locator('summary').click();
  for (const name of names) {
    const control = page.locator(`#inspect-option-${name}`);
    const isChoice = await control.evaluate((element) => element.tagName === 'SELECT');
    await (isChoice ? control.selectOption(String(options[name])) : control.fill(String(options[name])));
  }
}

const isValid = (page) => verdict(page).getByRole('heading', { name: /^Valid/ }).waitFor();

for (const [family, scheme, name, title, byHand = []] of FAMILIES) {
  test(`${family}: found, verified, refused when changed, edited and signed again`, async (t) => {
    const value = (await vectors(scheme)).find((one) => one.name === name);
    assert.ok(value?.valid, `${scheme} has a valid case “${name}”`);
    const page = await open(t, { at: 'inspect' });
    await give(page, header(value), value);
    await expectText(page.locator('#inspect-scheme'), title);
    await setOptions(page, byHand, value.options);
    await isValid(page);

    await inspectBox(page).fill(changed(header(value)));
    // Some that are changed have the form of nothing any more.
    await verdict(page).getByRole('heading', { name: /^Not (valid|a signed value)$/ }).waitFor();
    await inspectBox(page).fill(header(value));
    await isValid(page);

    await page.getByRole('button', { name: 'Edit and sign again' }).click();
    const before = await payload(page).inputValue();
    await until(async () => (await shownValue(page)) !== '', 'the payload is signed as it was');
    const first = await shownValue(page);
    const isObject = before.trim().startsWith('{');
    await payload(page).fill(isObject ? before.replace('{', '{"edited": "by hand", ') : 'edited by hand');
    await until(async () => !['', first].includes(await shownValue(page)), 'another value is signed');
    await page.getByRole('button', { name: 'Inspect this' }).click();
    await isValid(page);
    await expectText(page.locator('#inspect-payload'), isObject ? /"?edited"? ?(:|=>) ?"by hand"/ : 'edited by hand');
  });
}

test('what is slow by design runs when it is asked for, can be stopped, and is asked for each value anew', async (t) => {
  const value = (await vectors('fastify-secure-session')).find((one) => one.name === 'secret, default salt, small');
  const page = await open(t, { at: 'inspect' });
  await give(page, header(value), value);
  await page.getByText('Options', { exact: true }).click();
  await page.locator('#inspect-option-configured_as').selectOption('secret');
  await expectVerdict(page, 'Not checked yet', '256 MiB');
  const button = (name) => verdict(page).getByRole('button', { name, exact: true });

  await button('Check it now').click();
  await button('Stop').click();
  await button('Check it now').waitFor();
  await expectVerdict(page, 'Not checked yet');

  await button('Check it now').click();
  await verdict(page).getByRole('heading', { name: /^Valid/ }).waitFor({ timeout: 60_000 });
  await expectText(page.locator('#inspect-payload'), '"user_id": 7');

  await secretField(page).fill(`${value.secret}, another`);
  await expectVerdict(page, 'Not checked yet', '256 MiB');
  await button('Check it now').waitFor();
});

test('what is slow by design is made when it is asked for, can be stopped, and is asked for each value anew', async (t) => {
  const page = await open(t, { at: 'sign' });
  await secretField(page).fill('a secret of more than thirty-two characters');
  await pickScheme(page, 'Fastify secure session');
  await page.locator('#sign-option-configured_as').selectOption('secret');
  await until(async () => (await page.getByLabel('How the secret is read').first().inputValue()) === 'text', 'a secret is a text');
  const result = page.getByRole('region', { name: 'The result' });
  const button = (name) => result.getByRole('button', { name, exact: true });
  const isNotMade = async () => {
    await result.getByRole('heading', { name: 'Not made yet' }).waitFor();
    await expectText(result, '256 MiB');
    await button('Make it now').waitFor();
    await until(async () => (await shownValue(page)) === '', 'no value is shown');
  };
  await isNotMade();

  await button('Make it now').click();
  await button('Stop').click();
  await isNotMade();

  await button('Make it now').click();
  await until(async () => (await shownValue(page)).includes(';'), 'a value is made', { within: 60_000 });

  await payload(page).fill('{"user_id": 8}');
  await isNotMade();
  await button('Make it now').click();
  await until(async () => (await shownValue(page)).includes(';'), 'another value is made', { within: 60_000 });
  await page.getByRole('button', { name: 'Inspect this' }).click();
  await verdict(page).getByRole('button', { name: 'Check it now', exact: true }).click();
  await verdict(page).getByRole('heading', { name: /^Valid/ }).waitFor({ timeout: 60_000 });
  await expectText(page.locator('#inspect-payload'), '"user_id": 8');
});

test('a long value is cut as the framework does, read as one, and what is missing is named', async (t) => {
  const page = await open(t, { at: 'sign' });
  await secretField(page).fill('a secret of more than thirty-two characters');
  await pickScheme(page, 'Auth.js session');
  await page.getByRole('textbox', { name: 'Cookie name', exact: true }).fill('authjs.session-token');
  await payload(page).fill(JSON.stringify({ sub: '7', filler: 'ab'.repeat(3000) }));
  const lines = page.locator('#sign-line');
  await until(async () => (await lines.count()) > 0 && (await lines.innerText()).includes('authjs.session-token.2='), 'it is cut into three');
  await expectText(page.getByRole('region', { name: 'The result' }), 'it is cut over 3');
  await page.getByRole('button', { name: 'Inspect this' }).click();
  await isValid(page);
  await expectText(page.locator('.report'), 'authjs.session-token.0, authjs.session-token.1, authjs.session-token.2, in this order');
  const all = await inspectBox(page).inputValue();
  await inspectBox(page).fill(all.split('\n').filter((line) => !line.includes('token.1=')).join('\n'));
  await expectVerdict(page, 'Not valid', 'authjs.session-token.1 is not there');
});

for (const [scheme, name, option, value] of [
  ['gorilla-securecookie', 'json, nested', 'serializer', 'JSONEncoder'],
  ['rails8-encrypted-cookie', '7.2.2.1: gcm, marshal serializer', 'cookies_serializer', 'marshal'],
  ['rack-session-cookie', 'json, SHA512', 'hmac', 'SHA512'],
]) {
  test(`Edit and sign again takes the options that the value shows: ${scheme}`, async (t) => {
    const found = (await vectors(scheme)).find((one) => one.name === name);
    const page = await open(t, { at: 'inspect' });
    await give(page, header(found), found);
    await isValid(page);
    await page.getByRole('button', { name: 'Edit and sign again' }).click();
    const control = page.locator(`#sign-option-${option}`);
    await control.waitFor();
    await until(async () => (await control.inputValue()) === value, `${option} is ${value}`);
  });
}

test('the Guide names every scheme, and each can be chosen', async (t) => {
  const page = await open(t, { at: 'guide/schemes' });
  const links = page.getByRole('article').locator('dl dt a');
  await links.first().waitFor();
  const titles = await links.allInnerTexts();
  await go(page, 'Inspect');
  await expectText(page.locator('#inspect-reads'), `Knows ${titles.length} schemes`);
  await inspectBox(page).fill('only words');
  await page.getByRole('combobox', { name: 'If it should be one, read it as' }).click();
  const choices = page.locator('#inspect-read-as-list').getByRole('option');
  await choices.first().waitFor();
  const offered = await choices.locator('span:first-child').allInnerTexts();
  assert.deepEqual(offered.sort(), [...titles].sort());
});

test('Sign lists the schemes under their language, and finds them by framework, language and cookie name', async (t) => {
  const page = await open(t, { at: 'sign' });
  const box = page.getByRole('combobox', { name: 'Scheme' });
  const list = page.getByRole('listbox', { name: 'Schemes' });
  const option = (title) => list.getByRole('option').filter({ has: page.getByText(title, { exact: true }) });
  await box.click();
  for (const language of ['JavaScript', 'Python', 'Ruby', 'PHP', 'Go', 'Rust', 'Elixir', 'Perl']) {
    await list.getByRole('group', { name: language, exact: true }).waitFor();
  }
  for (const [typed, title] of [['elixir', 'Phoenix token'], ['connect.sid', 'Express signed cookie'], ['axum', 'Rust private cookie']]) {
    await box.fill(typed);
    await option(title).waitFor();
    await expectText(list, title);
  }
  await box.fill('cobol');
  await page.getByText('None found: try the framework’s name').waitFor();
  await box.fill('flask');
  await option('Flask session').waitFor();
  await box.press('Enter');
  await until(async () => (await box.inputValue()) === 'Flask session', 'the first that was found is taken');
});

test('the framework’s own code stands beside the value, with name, options and variable filled in', async (t) => {
  const page = await open(t, { at: 'sign' });
  await secretField(page).fill('5f1d8a0c3b7e4692a1d05c9be8f73624');
  await pickScheme(page, 'Flask session');
  const code = page.getByRole('region', { name: 'Program' });
  await expectText(code, 'SESSION_COOKIE_NAME="__Host-session"');
  await expectText(code, 'os.environ["FLASK_SECRET_KEY"]');
  await pickScheme(page, 'Bottle signed cookie');
  await page.locator('#sign-option-digestmod').selectOption('sha512');
  await expectText(code, '"digestmod": hashlib.sha512');
  await page.getByLabel('How the secret is read').first().selectOption('hex');
  await until(async () => (await code.count()) === 0, 'there is no code for a secret that Bottle would read otherwise');
  await expectText(page.getByRole('region', { name: 'The result' }), 'The framework’s own code is not shown');
});

test('each step of how it is built can be copied, the key only once it is shown', async (t) => {
  const value = (await vectors('flask-session')).find((one) => one.name === 'small dict');
  const page = await open(t, { at: 'inspect' });
  await give(page, header(value), value);
  await isValid(page);
  await page.getByRole('heading', { name: 'How it is built' }).click();
  const steps = page.locator('.steps > li');
  const tag = steps.last();
  const shown = (await tag.locator('.bytes').innerText()).replaceAll(/\s/g, '');
  assert.equal(await copied(page, tag.getByRole('button', { name: /^Copy the / })), shown);
  const key = steps.filter({ has: page.getByRole('button', { name: /^(Show|Hide) the / }) }).first();
  assert.equal(await key.getByRole('button', { name: /^Copy/ }).count(), 0);
  await key.getByRole('button', { name: /^Show the / }).click();
  assert.match(await copied(page, key.getByRole('button', { name: /^Copy the / })), /^[0-9a-f]+$/);
});

test('an option that is a key is masked, and cleared with the secrets', async (t) => {
  const page = await open(t, { at: 'sign' });
  await secretField(page).fill('5f1d8a0c3b7e4692a1d05c9be8f73624');
  await pickScheme(page, 'Gorilla secure cookie');
  await page.getByText('More options').click();
  const key = page.locator('#sign-option-block_key');
  await key.fill('000102030405060708090a0b0c0d0e0f');
  const masking = () => key.evaluate((element) => getComputedStyle(element).webkitTextSecurity);
  assert.equal(await masking(), 'disc');
  await key.locator('xpath=..').getByRole('button', { name: 'Show' }).click();
  assert.equal(await masking(), 'none');
  await page.getByRole('button', { name: 'Clear secrets' }).click();
  await until(async () => (await key.inputValue()) === '', 'the key is gone');
});
