// The whole way at once: a key, an env file, a cookie and a token signed with it, both verified, a forged one refused,
// and a Set-Cookie line put right.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { signedCookie } from 'cookie-parser';
import { jwtVerify } from 'jose';
import test from 'node:test';
import { copied, expectText, expectVerdict, go, inspectBox, open, pickScheme, secretField, shownValue, until } from './harness.mjs';
import { middle, now, tampered } from './values.mjs';

test('from a fresh key to a forged token that is refused', async (t) => {
  const page = await open(t);
  const button = (name) => page.getByRole('button', { name, exact: true });

  // A 256-bit key goes into an env file, which Node reads as the same key.
  await page.getByRole('heading', { name: '256-bit key' }).waitFor();
  const key = await copied(page, button('Copy key'));
  const [download] = await Promise.all([page.waitForEvent('download'), button('Save .env').click()]);
  const file = await download.path();
  assert.ok(file);
  const read = execFileSync(process.execPath, [`--env-file=${file}`, '-p', 'process.env.SESSION_SECRET'], { encoding: 'utf8' });
  assert.equal(read.trimEnd(), key);

  // A cookie and a token are signed with it; Express and jose accept them.
  await page.getByRole('main').getByRole('button', { name: 'Sign', exact: true }).click();
  const payload = page.getByRole('textbox', { name: 'Payload' });
  await payload.fill(`{"sub":"anna","role":"editor","exp":${now() + 3600}}`);
  await until(async () => middle(await shownValue(page)).includes('anna'), 'the token is signed');
  const token = await copied(page, button('Copy value'));
  assert.equal((await jwtVerify(token, Buffer.from(key))).payload.role, 'editor');

  await pickScheme(page, 'Express signed cookie');
  await page.getByRole('radio', { name: 'Text', exact: true }).check({ force: true });
  await payload.fill('h3Wq0Zt7uYb1Kx9VfJm2Rc');
  await until(async () => (await shownValue(page)).startsWith('s:h3Wq'), 'the cookie is signed');
  const cookie = await copied(page, button('Copy line'));
  assert.equal(signedCookie(decodeURIComponent(cookie.match(/=([^;]*)/)[1]), key), 'h3Wq0Zt7uYb1Kx9VfJm2Rc');

  // Both are pasted back, decoded and verified.
  await go(page, 'Inspect');
  await inspectBox(page).fill(cookie);
  await secretField(page).fill(key);
  await expectVerdict(page, 'Valid');
  await inspectBox(page).fill(`Authorization: Bearer ${token}`);
  await expectVerdict(page, 'Valid');
  await expectText(page.getByRole('region', { name: 'Payload' }), '"role": "editor"');

  // A forged one is refused, and it is said why.
  await inspectBox(page).fill(`Authorization: Bearer ${tampered(token)}`);
  await expectVerdict(page, 'Not valid', 'The signature does not match.');
  await page.getByRole('region', { name: 'Found and expected' }).waitFor();

  // What is wrong with a Set-Cookie line is said, and the line is put right.
  await inspectBox(page).fill(cookie.replace('; HttpOnly', '').replace('; Secure', ''));
  await expectText(page.getByRole('region', { name: 'Remarks' }), 'Any script on the page can read this login cookie');
  const corrected = await copied(page, page.getByRole('region', { name: 'What the browser keeps' }).getByRole('button', { name: 'Copy' }));
  assert.match(corrected, /; Secure/);
  assert.match(corrected, /; HttpOnly/);
});
