// What real libraries refuse, the built page refuses too: not only the engine in a native test.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test from 'node:test';
import { inspectBox, open, secretField, verdict } from './harness.mjs';

const FILES = ['jws-hmac', 'jws-rsa', 'jws-ec', 'jws-eddsa', 'jws-json', 'jwe', 'jwe-json', 'wycheproof-jws', 'wycheproof-jwe'];

/** Of Wycheproof's hundreds, every so many: one of each kind is among them. */
const EVERY = { 'wycheproof-jws': 9, 'wycheproof-jwe': 3 };

/** Options that say how the value is written, and none that a server is set to. */
const PLAIN = ['protected_header', 'serialization'];

const READINGS = { hex: 'hex', base64: 'Base64', base64url: 'Base64url', utf8: 'text' };

const asText = (secret) => (typeof secret === 'string' ? secret : JSON.stringify(secret));

async function cases(file) {
  const all = JSON.parse(await readFile(new URL(`../vectors/${file}.json`, import.meta.url))).cases;
  const plain = all.filter((one) => Object.keys(one.options).every((name) => PLAIN.includes(name)) && one.now === undefined && one.cookie_value);
  return {
    refused: plain.filter((one) => !one.valid).filter((_, index) => index % (EVERY[file] ?? 1) === 0),
    // RSA1_5 is refused by Keyjar itself; a password's derivation is slow by design, and waits to be asked for.
    accepted: plain.filter((one) => one.valid && !one.name.includes('RSA1_5') && !one.name.includes('rsa1_5') && !one.name.includes('PBES2')),
  };
}

async function give(page, { cookie_value: token, secret, secret_encoding: encoding }) {
  await inspectBox(page).fill('');
  await secretField(page).fill(asText(secret));
  const reading = page.getByLabel('How the secret is read').first();
  if (await reading.isVisible()) await reading.selectOption(READINGS[encoding] ?? { index: 0 });
  await inspectBox(page).fill(token);
}

for (const file of FILES) {
  test(`${file}: what the libraries refuse is not valid on the page, and what they accept is`, async (t) => {
    const { refused, accepted } = await cases(file);
    assert.ok(refused.length > 3 && accepted.length > 3, `${file} has cases of both kinds`);
    const page = await open(t, { at: 'inspect' });
    const heading = (name) => verdict(page).getByRole('heading', { name });
    for (const [index, one] of refused.entries()) {
      // A valid one before each: so no verdict can be one that stood there already.
      await give(page, accepted[index % accepted.length]);
      await heading(/^Valid/).waitFor().catch(() => assert.fail(`${accepted[index % accepted.length].name}: is not valid on the page`));
      await give(page, one);
      await heading(/^Not (valid|checked|recognised)/).or(page.getByText('There is no cookie or token in this')).first().waitFor()
        .catch(() => assert.fail(`${one.name}: is not refused on the page`));
      assert.equal(await heading(/^Valid/).count(), 0, one.name);
    }
  });
}
