// What real libraries refuse, the built page refuses too: not only the engine in a native test.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test from 'node:test';
import { inspectBox, open, verdict } from './harness.mjs';

const FILES = ['jws-hmac', 'jws-rsa', 'jws-ec', 'jws-eddsa', 'jws-json', 'jwe', 'jwe-json', 'wycheproof-jws', 'wycheproof-jwe'];

/** Of Wycheproof's hundreds, every so many: one of each kind is among them. */
const EVERY = { 'wycheproof-jws': 9, 'wycheproof-jwe': 3 };

/** Options that say how the value is written, and none that a server is set to. */
const PLAIN = ['protected_header', 'serialization'];

/** How a text is read; a JWK and PEM show by themselves what they are. */
const READINGS = { hex: 'hex', base64: 'Base64', base64url: 'Base64url', utf8: 'text' };
const isKey = (one) => !(one.secret_encoding in READINGS);

const asText = (secret) => (typeof secret === 'string' ? secret : JSON.stringify(secret));

async function cases(file) {
  const all = JSON.parse(await readFile(new URL(`../vectors/${file}.json`, import.meta.url))).cases;
  // A field of one line takes no line end; white space in a token is mended where it is pasted, and said to be.
  const fits = (one) => (isKey(one) || !/[\r\n]/.test(one.secret)) && (one.cookie_value.startsWith('{') || !/\s/.test(one.cookie_value));
  // Without an object for a header it names no algorithm: Keyjar takes it for what it then is, a plain signed value.
  const isToken = (one) => !/^the header is (a JSON (array|string|number)|not )/.test(one.name);
  const plain = all.filter(isToken).filter(fits).filter((one) => Object.keys(one.options).every((name) => PLAIN.includes(name)) && one.now === undefined && one.cookie_value);
  return {
    refused: plain.filter((one) => !one.valid).filter((_, index) => index % (EVERY[file] ?? 1) === 0),
    // RSA1_5 is refused by Keyjar itself; a password's derivation is slow by design, and waits to be asked for.
    accepted: plain.filter((one) => one.valid && !one.name.includes('RSA1_5') && !one.name.includes('rsa1_5') && !one.name.includes('PBES2')),
  };
}

async function give(page, { cookie_value: token, secret, secret_encoding: encoding }) {
  // The secret first: the verdict on the token is then on both. Its label goes with the algorithm, so it is found by its id.
  await page.locator('#inspect-secret').fill(asText(secret));
  if (READINGS[encoding]) await page.getByLabel('How the secret is read').first().selectOption(READINGS[encoding]);
  await inspectBox(page).fill(token);
}

for (const file of FILES) {
  test(`${file}: what the libraries refuse is not valid on the page, and what they accept is`, async (t) => {
    const { refused, accepted } = await cases(file);
    assert.ok(refused.length > 3 && accepted.length > 3, `${file} has cases of both kinds`);
    // A reading that was chosen stays, so keys have a page of their own.
    for (const kind of [isKey, (one) => !isKey(one)]) await compare(t, refused.filter(kind), accepted.filter(kind));
  });
}

async function compare(t, refused, accepted) {
  if (!refused.length) return;
  assert.ok(accepted.length, 'there is a valid one of the kind');
  const page = await open(t, { at: 'inspect' });
  const heading = (name) => verdict(page).getByRole('heading', { name });
  // The field for the secret comes with the first value.
  await inspectBox(page).fill(accepted[0].cookie_value);
  for (const [index, one] of refused.entries()) {
    // A valid one before each: so no verdict can be one that stood there already.
    const valid = accepted[index % accepted.length];
    await give(page, valid);
    await heading(/^Valid/).waitFor().catch(() => assert.fail(`${valid.name}: is not valid on the page`));
    await give(page, one);
    await heading(/^Not /).or(page.getByText('There is no cookie or token in this')).first().waitFor()
      .catch(() => assert.fail(`${one.name}: is not refused on the page`));
    assert.equal(await heading(/^Valid/).count(), 0, one.name);
  }
}
