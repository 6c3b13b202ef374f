// A JSON Web Token in Inspect: whose key fits, what its claims pass, what its members mean, and the token edited in place.
import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import test from 'node:test';
import { importSPKI, jwtVerify } from 'jose';
import { copied, expectText, expectVerdict, go, inspectBox, open, until, verdict } from './harness.mjs';
import { jwt, now, part, tampered, token } from './values.mjs';

const SECRET = 'v3QmT0nYbK8hJ2sW5xL7dR4pF6gZ9cVa';
const EC = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = (key) => key.export({ type: key.type === 'public' ? 'spki' : 'pkcs8', format: 'pem' });
const CLAIMS = { iss: 'https://login.example', sub: 'user-7', aud: ['api', 'web'], iat: now() - 60, exp: now() + 3600 };

const key = (page) => page.locator('#inspect-secret');
const box = inspectBox;
const payload = (page) => page.getByRole('textbox', { name: 'Payload' });
const header = (page) => page.getByRole('textbox', { name: 'Header' });
const pressed = (page, name) => page.getByRole('button', { name, exact: true }).click();
const check = (page, name) => page.getByRole('region', { name: 'Checks' }).getByRole('listitem').filter({ has: page.locator('code').getByText(name, { exact: true }) });

async function look(t, text, secret, word = 'Valid') {
  const page = await open(t, { at: 'inspect' });
  await box(page).fill(text);
  if (secret) await key(page).fill(secret);
  await expectVerdict(page, word);
  return page;
}

test('a token is verified with the public key as PEM, JWK and set, and with no other', async (t) => {
  const es = token({ alg: 'ES256', typ: 'JWT', kid: 'one' }, CLAIMS, EC.privateKey);
  const page = await look(t, es, pem(EC.publicKey));
  await expectText(verdict(page), 'Signed with this key, read as PEM. Nothing was changed since.');
  await page.getByText('EC public key, P-256').waitFor();
  assert.equal(await page.getByText('Public key (PEM, JWK, certificate)').count(), 1, 'the field says what is wanted');
  assert.equal(await key(page).inputValue(), pem(EC.publicKey), 'a key keeps its lines');

  const jwk = { ...EC.publicKey.export({ format: 'jwk' }), kid: 'one' };
  await key(page).fill(JSON.stringify(jwk));
  await expectVerdict(page, 'Valid', 'read as JWK.');
  await key(page).fill(JSON.stringify({ keys: [{ ...RSA.publicKey.export({ format: 'jwk' }), kid: 'two' }, jwk] }));
  await expectVerdict(page, 'Valid', 'read as JWK set.');
  await key(page).fill(pem(RSA.publicKey));
  await expectVerdict(page, 'Not valid', 'RSA public key, 2048 bits');
  await box(page).fill(token({ alg: 'RS256' }, CLAIMS, RSA.privateKey));
  await expectVerdict(page, 'Valid');
  await box(page).fill(tampered(token({ alg: 'RS256' }, CLAIMS, RSA.privateKey)));
  await expectVerdict(page, 'Not valid');
  assert.equal(await page.getByRole('heading', { name: 'What was tried' }).count(), 0, 'a key is not read as a text');
});

test('each claim has a line that says what came of its check, and what is expected is set beside it', async (t) => {
  const page = await look(t, jwt(CLAIMS, SECRET), SECRET);
  await expectText(check(page, 'exp'), /It expires in .* passed/);
  await expectText(check(page, 'aud'), /not checked/);
  await page.getByText('What the server expects').click();
  await page.locator('#inspect-option-aud').fill('api');
  await expectText(check(page, 'aud'), /passed/);
  await page.locator('#inspect-option-iss').fill('https://other.example');
  await expectText(check(page, 'iss'), /failed/);
  await expectVerdict(page, 'Valid, but not what is expected');
});

test('what the members mean is shown by a button, and not copied', async (t) => {
  const page = await look(t, jwt(CLAIMS, SECRET), SECRET);
  const meaning = page.getByText('Who issued the token.');
  assert.equal(await meaning.count(), 0);
  await page.getByRole('button', { name: 'Explain: Payload' }).focus();
  await page.keyboard.press('Enter');
  await meaning.waitFor();
  assert.equal(await page.getByRole('button', { name: 'Explain: Payload' }).getAttribute('aria-pressed'), 'true');
  const text = await copied(page, page.locator('#inspect-payload').getByRole('button', { name: 'Copy', exact: true }));
  assert.equal(text, JSON.stringify(CLAIMS));
});

test('the header and the payload are edited in place: the token changes with each key, and its verdict is of it', async (t) => {
  const before = jwt(CLAIMS, SECRET);
  const page = await look(t, `Authorization: Bearer ${before}`, SECRET);
  await pressed(page, 'Edit: Payload');
  assert.ok(await payload(page).evaluate((field) => field === document.activeElement));
  assert.deepEqual(JSON.parse(await payload(page).inputValue()), CLAIMS);
  await payload(page).fill('{"sub":"anna","n":1.0}');
  const value = async () => (await box(page).inputValue()).replace(/^Authorization: Bearer /, '');
  await until(async () => part(await value(), 1).sub === 'anna', 'the token has what was typed');
  const text = await value();
  assert.equal(Buffer.from(text.split('.')[1], 'base64url').toString(), '{"sub":"anna","n":1.0}', 'numbers keep their spelling');
  await jwtVerify(text, Buffer.from(SECRET));
  await expectVerdict(page, 'Valid');

  await header(page).fill('{"alg":"HS384","typ":"at+jwt"}');
  await until(async () => part(await value(), 0).alg === 'HS384', 'the header is what was typed');
  await jwtVerify(await value(), Buffer.from(SECRET), { algorithms: ['HS384'], typ: 'at+jwt' });

  await page.getByRole('button', { name: 'Expires in 15 minutes' }).click();
  await until(async () => part(await value(), 1).exp > now() + 800, 'the token expires');
  assert.equal(part(await value(), 1).sub, 'anna', 'the rest stays');
  await page.getByRole('textbox', { name: /^iss/ }).fill('https://me.example');
  await until(async () => part(await value(), 1).iss === 'https://me.example', 'the issuer is set');

  const whole = await value();
  await payload(page).fill('{"sub": anna}');
  await expectVerdict(page, 'Not signed', 'This is not JSON');
  assert.equal(await value(), whole, 'the last token that could be made stands');
  await payload(page).fill('{"sub": "anna"}');
  await expectVerdict(page, 'Valid');
  await page.getByRole('button', { name: 'Done' }).first().click();
  await page.locator('#inspect-payload').getByText('"anna"').waitFor();

  await pressed(page, 'Edit: Payload');
  await box(page).fill(jwt({ sub: 'other' }, SECRET));
  await until(async () => (await payload(page).inputValue()).includes('other'), 'the parts follow the box as well');
});

test('where the key is only public, the page says so and makes a pair', async (t) => {
  const page = await look(t, token({ alg: 'ES256', typ: 'JWT' }, CLAIMS, EC.privateKey), pem(EC.publicKey));
  await pressed(page, 'Edit: Payload');
  await payload(page).fill('{"sub":"anna"}');
  await expectVerdict(page, 'Not signed', 'This is a public key');
  await page.getByRole('button', { name: 'Make one for this algorithm' }).click();
  await expectVerdict(page, 'Valid', 'Signed with this key');
  await page.getByText('The key that was made').click();
  const spki = await copied(page, page.getByRole('button', { name: 'Copy: Public key, PEM (SPKI)' }));
  const { payload: claims } = await jwtVerify(await box(page).inputValue(), await importSPKI(spki, 'ES256'));
  assert.equal(claims.sub, 'anna');
});

test('a token behind the # is looked at, and is nowhere in the address or the history', async (t) => {
  const text = jwt(CLAIMS, SECRET);
  const page = await open(t, { at: `access_token=${text.replaceAll('.', '%2E')}&token_type=Bearer&state=x` });
  await expectVerdict(page, 'Not checked yet');
  assert.equal(await box(page).inputValue(), text);
  assert.equal(new URL(page.url()).hash, '#inspect');
  assert.equal(await page.title(), 'Inspect · Keyjar');
  assert.equal(await page.evaluate(() => history.length), 2, 'about:blank and this page: there is no entry with the token');

  const other = jwt({ ...CLAIMS, sub: 'other' }, SECRET);
  await go(page, 'Guide');
  await page.evaluate((hash) => (location.hash = hash), `id_token=${other}&access_token=${text}`);
  await page.getByRole('heading', { name: '2 found' }).waitFor();
  await expectText(page.getByRole('table'), /id_token .*access_token/);
  assert.equal(new URL(page.url()).hash, '#inspect');
});

test('the token inside of a token is opened, and there is a way back', async (t) => {
  const inner = jwt({ ...CLAIMS, sub: 'inner' }, SECRET);
  const outer = token({ alg: 'ES256', cty: 'JWT' }, inner, EC.privateKey);
  const page = await look(t, outer, pem(EC.publicKey));
  await page.getByRole('button', { name: 'Open the token inside' }).click();
  await until(async () => (await box(page).inputValue()) === inner, 'the inner token is in the box');
  await page.getByRole('heading', { name: 'JWT, HS256' }).waitFor();
  await page.getByRole('button', { name: 'Back to the outer token' }).click();
  await expectVerdict(page, 'Valid');
  assert.equal(await box(page).inputValue(), outer);
});

test('a remark lights up the part that it is about, and the part its remarks', async (t) => {
  const page = await look(t, jwt(CLAIMS, SECRET), SECRET);
  const colour = (selector) => page.locator(selector).first().evaluate((element) => getComputedStyle(element).backgroundColor);
  const remark = '.findings > [data-part="payload"]';
  const [dark, plain] = [await colour('.token-layers [data-part="payload"]'), await colour(remark)];
  await page.locator(remark).first().hover();
  await until(async () => (await colour('.token-layers [data-part="payload"]')) !== dark, 'the part in the box is lit');
  const place = await page.locator('.token-layers [data-part="payload"]').boundingBox();
  await page.mouse.move(place.x + place.width / 2, place.y + place.height / 2);
  await until(async () => (await page.locator('.lights').first().getAttribute('data-lit')) === 'payload', 'the pointer is on the payload');
  assert.notEqual(await colour(remark), plain);
  await box(page).focus();
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('ArrowRight');
  await until(async () => (await page.locator('.lights').first().getAttribute('data-lit')) === 'header', 'the caret is in the header');
});

test('code that verifies this token is there in several languages', async (t) => {
  const page = await look(t, jwt(CLAIMS, SECRET), SECRET);
  const code = page.getByRole('region', { name: 'Verify this in your code' });
  await expectText(code, /issuer: "https:\/\/login\.example"/);
  await code.getByRole('tab', { name: 'Python, PyJWT' }).click();
  await expectText(code, /algorithms=\["HS256"\]/);
  assert.match(await copied(page, code.getByRole('button', { name: 'Copy program' })), /jwt\.decode/);
});

test('what an SD-JWT discloses is a table, and what nobody signed is said', async (t) => {
  const disclosure = (...value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const digest = (text) => createHash('sha256').update(text).digest('base64url');
  const [name, forged] = [disclosure('2GLC42sKQveCfGfryNRN9w', 'given_name', 'Anna'), disclosure('eluV5Og3gSNII8EYnsxA_A', 'role', 'admin')];
  const claims = { iss: 'https://issuer.example', vct: 'https://issuer.example/id', iat: now(), exp: now() + 3600, _sd: [digest(name)] };
  const signed = token({ alg: 'ES256', typ: 'dc+sd-jwt' }, claims, EC.privateKey);
  const page = await look(t, `${signed}~${name}~`, pem(EC.publicKey));
  const table = page.getByRole('table', { name: 'Disclosed' });
  await expectText(table.getByRole('row').nth(1), /given_name "Anna" yes/);
  await box(page).fill(`${signed}~${name}~${forged}~`);
  await expectText(table.getByRole('row').nth(2), /role "admin" no: not confirmed/);
});
