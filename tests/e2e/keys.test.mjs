// Keys: made, pasted, dropped, and used where they are needed.
import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import test from 'node:test';
import { SignJWT, compactDecrypt, importJWK, importPKCS8, importSPKI, jwtVerify } from 'jose';
import { copied, expectText, expectVerdict, go, inspectBox, open, pickScheme, secretField, shownValue, until } from './harness.mjs';
import { jwt, middle, now, token } from './values.mjs';

const EC = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const PEM = EC.publicKey.export({ type: 'spki', format: 'pem' });
const CLAIMS = { sub: 'anna', exp: now() + 3600 };
const ES = token({ alg: 'ES256', typ: 'JWT' }, CLAIMS, EC.privateKey);

async function pair(t, kind) {
  const page = await open(t);
  await page.getByRole('tab', { name: 'Key pair or JWK' }).click();
  await page.getByRole('combobox', { name: 'Kind' }).selectOption({ label: await kindOf(page, kind) });
  return page;
}
const kindOf = (page, kind) =>
  page.getByRole('combobox', { name: 'Kind' }).locator('option').filter({ hasText: kind }).first().innerText();
const form = (page, name) => copied(page, page.getByRole('button', { name: `Copy: ${name}`, exact: true }));

/** Drops a file on the panel. */
async function drop(page, name, bytes) {
  const transfer = await page.evaluateHandle(
    ([name, bytes]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([new Uint8Array(bytes)], name));
      return transfer;
    },
    [name, [...Buffer.from(bytes)]],
  );
  await page.dispatchEvent('main', 'dragover', { dataTransfer: transfer });
  await page.dispatchEvent('main', 'drop', { dataTransfer: transfer });
}

for (const [kind, alg] of [['P-256', 'ES256'], ['P-384', 'ES384'], ['Ed25519', 'EdDSA'], ['HMAC 256', 'HS256']]) {
  test(`a key ${kind} is made, and jose signs and verifies with it`, async (t) => {
    const page = await pair(t, kind);
    await page.getByRole('button', { name: 'Make the key' }).click();
    await page.getByRole('button', { name: 'Make another' }).waitFor();
    const isSecret = alg === 'HS256';
    const jwk = JSON.parse(await form(page, isSecret ? 'Secret, JWK' : 'Private key, JWK'));
    assert.equal(jwk.alg, alg);
    assert.equal(jwk.use, 'sig');
    assert.ok(jwk.kid.length === 43, 'the thumbprint');
    const signed = await new SignJWT(CLAIMS).setProtectedHeader({ alg }).sign(await importJWK(jwk));
    const checks = isSecret ? await importJWK(jwk) : await importSPKI(await form(page, 'Public key, PEM (SPKI)'), alg);
    await jwtVerify(signed, checks);
  });
}

test('an RSA key is made in steps that show how far it is, and what it saves is that key', async (t) => {
  const page = await pair(t, 'RSA 2048');
  await page.getByRole('button', { name: 'Make the key' }).click();
  await page.getByRole('button', { name: 'Make another' }).waitFor({ timeout: 60_000 });
  await page.getByRole('heading', { name: 'RSA private key, 2048 bits' }).waitFor();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: /^Save: Private key, PEM/ }).click(),
  ]);
  assert.equal(download.suggestedFilename(), 'private.pem');
  const key = createPrivateKey(await readFile(await download.path()));
  assert.equal(key.asymmetricKeyDetails.modulusLength, 2048);
  const spki = createPublicKey(await form(page, 'Public key, PEM (SPKI)'));
  assert.ok(createPublicKey(key).equals(spki));
});

test('while a long search for a key goes on, Inspect answers; Cancel ends it', async (t) => {
  const page = await pair(t, 'RSA 4096');
  // A search may be lucky: it is begun anew until it goes on for a while.
  await page.getByRole('button', { name: 'Make the key' }).click();
  await go(page, 'Inspect');
  await inspectBox(page).fill(jwt(CLAIMS, 'secret'));
  await secretField(page).fill('secret');
  await page.getByRole('region', { name: 'Verdict' }).getByRole('heading', { name: /^Valid/ }).waitFor();
  await go(page, 'Generate');
  const again = page.getByRole('button', { name: /^Make (the key|another)$/ });
  await until(async () => {
    if (await again.count()) await again.click();
    return (await page.getByText(/candidates? tried/).count()) > 0;
  }, 'it says how many were tried');
  await page.getByRole('button', { name: 'Cancel' }).click({ timeout: 1000 }).catch(() => {});
  await again.waitFor();
  assert.equal(await page.getByText(/candidates? tried/).count(), 0);
});

test('a private key is masked until it is asked for', async (t) => {
  const page = await pair(t, 'P-256');
  await page.getByRole('button', { name: 'Make the key' }).click();
  await page.getByRole('button', { name: 'Make another' }).waitFor();
  assert.ok(!(await page.locator('main').innerText()).includes('BEGIN PRIVATE KEY'));
  await page.getByRole('button', { name: 'Show: Private key, PEM (PKCS#8)' }).click();
  await page.getByText('-----BEGIN PRIVATE KEY-----').waitFor();
  await page.getByRole('button', { name: 'Clear secrets' }).click();
  await until(async () => !(await page.locator('main').innerHTML()).includes('BEGIN PRIVATE KEY'), 'it is cleared');
});

test('a key that was made signs, and Inspect finds that valid', async (t) => {
  const page = await pair(t, 'P-384');
  await page.getByRole('button', { name: 'Make the key' }).click();
  await page.getByRole('button', { name: 'Make another' }).waitFor();
  const spki = await form(page, 'Public key, PEM (SPKI)');
  await page.locator('.key-card').getByRole('button', { name: 'Sign', exact: true }).click();
  await until(async () => (await shownValue(page)) !== '', 'a token is signed');
  assert.equal(await page.getByRole('combobox', { name: /^Algorithm/ }).inputValue(), 'ES384');
  await jwtVerify(await shownValue(page), await importSPKI(spki, 'ES384'));
  await page.getByRole('button', { name: 'Inspect this' }).click();
  await page.getByRole('region', { name: 'Verdict' }).getByRole('heading', { name: /^Valid/ }).waitFor();
});

test('in Sign the algorithm says which key it wants, and one is made for it', async (t) => {
  const page = await open(t, { at: 'sign' });
  const alg = page.getByRole('combobox', { name: /^Algorithm/ });
  await alg.selectOption('ES256');
  await page.getByText('Private key (PEM or JWK)').waitFor();
  await page.getByRole('heading', { name: 'There is no key yet' }).waitFor();
  await page.getByRole('button', { name: 'Make one for this algorithm' }).click();
  await until(async () => (await shownValue(page)) !== '', 'a token is signed');
  await page.getByText('The key that was made').click();
  const spki = await form(page, 'Public key, PEM (SPKI)');
  await jwtVerify(await shownValue(page), await importSPKI(spki, 'ES256'));

  await page.getByRole('textbox', { name: 'Header' }).fill('{"alg":"ES256","kid":"1"}');
  await until(async () => Buffer.from((await shownValue(page)).split('.')[0], 'base64url').includes('"kid":"1"'), 'the header is typed');
  await alg.selectOption('HS512');
  await expectText(page.getByRole('main'), 'key confusion');
  await page.getByRole('button', { name: 'Make one for this algorithm' }).click();
  await until(async () => Buffer.from((await shownValue(page)).split('.')[0], 'base64url').toString() === '{"alg":"HS512","kid":"1"}', 'HS512');
  await jwtVerify(await shownValue(page), Buffer.from(await secretField(page).inputValue()));
});

test('a token is encrypted for a public key, and jose decrypts it', async (t) => {
  const page = await open(t, { at: 'sign' });
  await pickScheme(page, 'JWT, encrypted (JWE)');
  await page.getByRole('combobox', { name: /^Algorithm/ }).selectOption('ECDH-ES+A128KW');
  await page.getByText('Public key (PEM or JWK)').waitFor();
  await page.locator('#sign-secret').fill(PEM);
  await until(async () => (await shownValue(page)) !== '', 'a token is made');
  const { plaintext } = await compactDecrypt(await shownValue(page), EC.privateKey);
  assert.match(Buffer.from(plaintext).toString(), /user-7/);
});

test('a key that is dropped is the secret of the panel in view, and a token is looked at', async (t) => {
  const page = await open(t, { at: 'inspect' });
  await drop(page, 'token.txt', `${ES}\n`);
  await expectVerdict(page, 'Not checked yet');
  await drop(page, 'public.pem', PEM);
  await expectVerdict(page, 'Valid');
  await page.getByText('The key from public.pem is in the secret’s field.').waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expectVerdict(page, 'Not checked yet');
  await drop(page, 'keys.json', JSON.stringify({ keys: [EC.publicKey.export({ format: 'jwk' })] }));
  await expectVerdict(page, 'Valid', 'read as JWK set');
  await drop(page, 'public.der', EC.publicKey.export({ type: 'spki', format: 'der' }));
  await expectVerdict(page, 'Valid', 'read as PEM');
  assert.equal(createPublicKey(await page.locator('#inspect-secret').inputValue()).asymmetricKeyType, 'ec');

  await go(page, 'Sign');
  await page.getByRole('combobox', { name: /^Algorithm/ }).selectOption('ES256');
  await drop(page, 'private.der', EC.privateKey.export({ type: 'pkcs8', format: 'der' }));
  await until(async () => middle(await shownValue(page)).includes('user-7'), 'it signs');
  await jwtVerify(await shownValue(page), await importSPKI(PEM, 'ES256'));
  await importPKCS8(await page.locator('#sign-secret').inputValue(), 'ES256');
});

test('a file that nothing can be made of is said to be so', async (t) => {
  const page = await open(t, { at: 'inspect' });
  await drop(page, 'photo.png', [0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3]);
  await page.getByText('photo.png is neither text nor a key or certificate in DER').waitFor();
  await drop(page, 'big.txt', 'a'.repeat(1_100_000));
  await page.getByText('big.txt is larger than the 1024 KiB').waitFor();
  assert.equal(await inspectBox(page).inputValue(), '');
});

test('a key is chosen with a button, too', async (t) => {
  const page = await open(t, { at: 'inspect' });
  await inspectBox(page).fill(ES);
  await expectVerdict(page, 'Not checked yet');
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: 'Take it from a file' }).click(),
  ]);
  await chooser.setFiles({ name: 'public.pem', mimeType: 'application/x-pem-file', buffer: Buffer.from(PEM) });
  await expectVerdict(page, 'Valid');
});

test('a key that is pasted is shown in all its forms, and then checks tokens', async (t) => {
  const page = await open(t, { at: 'inspect' });
  await inspectBox(page).fill(PEM);
  await page.getByRole('heading', { name: 'EC public key, P-256' }).waitFor();
  const jwk = JSON.parse(await form(page, 'Public key, JWK'));
  assert.equal(jwk.x, EC.publicKey.export({ format: 'jwk' }).x);
  await page.getByRole('button', { name: 'Check tokens with it' }).click();
  await inspectBox(page).fill(ES);
  await expectVerdict(page, 'Valid');
});

test('a secret stays one line, whatever came along with it', async (t) => {
  const page = await open(t, { at: 'inspect' });
  await inspectBox(page).fill(jwt(CLAIMS, 'one line'));
  await secretField(page).fill('one line\n');
  await page.getByRole('region', { name: 'Verdict' }).getByRole('heading', { name: /^Valid/ }).waitFor();
  assert.equal(await secretField(page).inputValue(), 'one line');
  await secretField(page).press('Enter');
  assert.equal(await secretField(page).inputValue(), 'one line');
});
