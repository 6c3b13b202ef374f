// What the page can look like: every panel, empty and with content, and what opens over it.
import { createHash, generateKeyPairSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ARTICLES } from './articles.mjs';
import { expectText, expectVerdict, inspectBox, pickScheme, secretField, shownValue, until } from './harness.mjs';
import { expressCookie, jwt, middle, now, signedValue, tampered, token } from './values.mjs';

const SECRET = 'f0a1c2e3d4958677f0a1c2e3d4958677f0a1c2e3d4958677f0a1c2e3d4958677';
const CLAIMS = { iss: 'https://login.example', sub: 'user_8f3a2c', role: 'editor', iat: now() - 600, exp: now() + 3000 };
const TOKEN = jwt(CLAIMS, SECRET);
const SESSION = expressCookie('h3Wq0Zt7uYb1Kx9VfJm2Rc', SECRET);

const EC = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const PUBLIC = EC.publicKey.export({ type: 'spki', format: 'pem' });
const PRIVATE = EC.privateKey.export({ type: 'pkcs8', format: 'pem' });
const SIGNED = token({ alg: 'ES256', typ: 'at+jwt', kid: '2026-11' }, { ...CLAIMS, aud: ['api', 'web'] }, EC.privateKey);
const disclosure = (...value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const DISCLOSED = [
  disclosure('2GLC42sKQveCfGfryNRN9w', 'given_name', 'Anna'),
  disclosure('eluV5Og3gSNII8EYnsxA_A', 'address', { street_address: '123 Main St', locality: 'Anytown', country: 'US' }),
];
const SD = [
  token({ alg: 'ES256', typ: 'dc+sd-jwt' }, { iss: CLAIMS.iss, exp: CLAIMS.exp, _sd: [createHash('sha256').update(DISCLOSED[0]).digest('base64url')] }, EC.privateKey),
  ...DISCLOSED,
  '',
].join('~');

const vector = async (scheme, name) => {
  const { cases } = JSON.parse(await readFile(new URL(`../vectors/${scheme}.json`, import.meta.url)));
  return cases.find((one) => one.name === name);
};
const RAILS = await vector('rails8-encrypted-cookie', '7.2.2.1: gcm, marshal serializer');
const CUT = await vector('litestar-session-cookie', 'cut into three cookies');
const SLOW = await vector('fastify-secure-session', 'secret, default salt, small');

const inspect = async (page, text, secret, word) => {
  await inspectBox(page).fill(text);
  if (secret !== undefined) await secretField(page).fill(secret);
  await expectVerdict(page, word);
};
const sign = async (page) => {
  await secretField(page).fill(SECRET);
  await page.getByRole('textbox', { name: 'Payload' }).fill(JSON.stringify(CLAIMS));
  await until(async () => middle(await shownValue(page)).includes('user_8f3a2c'), 'a token is signed');
};
/** Inspect with a token that a private key signed, and its public key. */
const inspectSigned = async (page, text, word) => {
  await inspectBox(page).fill(text);
  await page.locator('#inspect-secret').fill(PUBLIC);
  await expectVerdict(page, word);
};
const makePair = async (page) => {
  await page.getByRole('tab', { name: 'Key pair or JWK' }).click();
  await page.getByRole('button', { name: 'Make the key' }).click();
  await page.getByRole('button', { name: 'Make another' }).waitFor();
  await page.getByRole('button', { name: 'Show: Private key, PEM (PKCS#8)' }).click();
};
const openFolds = (page) =>
  page.evaluate(() => document.querySelectorAll('main details').forEach((details) => (details.open = true)));
const preset = async (page, name) => {
  await page.getByRole('combobox', { name: 'For' }).click();
  await page.getByRole('combobox', { name: 'For' }).fill(name);
  await page.getByRole('option').filter({ hasText: name }).first().click();
};

/** Each with a name, the address's hash, and what to do there. */
export const STATES = [
  { name: 'generate', at: '' },
  { name: 'generate-picker', at: '', prepare: (page) => page.getByRole('combobox', { name: 'For' }).click() },
  { name: 'generate-preset', at: '', prepare: (page) => preset(page, 'Rails') },
  {
    name: 'generate-refused',
    at: '',
    async prepare(page) {
      await preset(page, 'Laravel');
      await page.getByRole('radio', { name: 'Other' }).check({ force: true });
      await page.getByRole('textbox', { name: 'Bytes' }).fill('20');
      await page.getByRole('textbox', { name: 'Bytes' }).fill('8');
      await page.getByRole('textbox', { name: 'Variable' }).fill('my key');
    },
  },
  {
    name: 'generate-longest',
    at: '',
    async prepare(page) {
      await page.getByRole('radio', { name: 'Other' }).check({ force: true });
      await page.getByRole('textbox', { name: 'Bytes' }).fill('1024');
      await page.getByRole('heading', { name: '8192-bit key' }).waitFor();
    },
  },
  { name: 'generate-pair', at: '', prepare: (page) => page.getByRole('tab', { name: 'Key pair or JWK' }).click() },
  { name: 'generate-pair-made', at: '', prepare: makePair },
  { name: 'inspect', at: 'inspect', prepare: (page) => page.getByRole('button', { name: /A JWT that was changed/ }).waitFor() },
  { name: 'inspect-unchecked', at: 'inspect', prepare: (page) => inspect(page, TOKEN, undefined, 'Not checked yet') },
  {
    name: 'inspect-valid',
    at: 'inspect',
    async prepare(page) {
      await inspect(page, TOKEN, SECRET, 'Valid');
      await openFolds(page);
    },
  },
  { name: 'inspect-forged', at: 'inspect', prepare: (page) => inspect(page, tampered(TOKEN), SECRET, 'Not valid') },
  {
    name: 'inspect-misread',
    at: 'inspect',
    prepare: (page) => inspect(page, jwt(CLAIMS, Buffer.from(SECRET, 'hex')), SECRET, 'Not valid'),
  },
  {
    name: 'inspect-expired',
    at: 'inspect',
    prepare: (page) => inspect(page, jwt({ ...CLAIMS, exp: now() - 9000 }, SECRET), SECRET, 'Valid, but expired'),
  },
  {
    name: 'inspect-many',
    at: 'inspect',
    prepare: (page) =>
      inspect(
        page,
        `Cookie: theme=dark; connect.sid=${SESSION}; access_token=${TOKEN}; old=${tampered(TOKEN)}; plain=${signedValue('user=42', SECRET)}`,
        SECRET,
        'Valid',
      ),
  },
  {
    name: 'inspect-set-cookie',
    at: 'inspect',
    prepare: (page) =>
      inspect(page, `Set-Cookie: connect.sid=${SESSION}; Domain=example.com; Path=/; SameSite=None; Max-Age=99999999`, SECRET, 'Valid'),
  },
  {
    name: 'inspect-rails',
    at: 'inspect',
    async prepare(page) {
      const { cookie_name: name, cookie_value: value, secret } = RAILS;
      await inspect(page, `Cookie: ${name}=${encodeURIComponent(value)}`, secret, 'Valid');
      await openFolds(page);
    },
  },
  {
    name: 'inspect-slow',
    at: 'inspect',
    async prepare(page) {
      await inspect(page, SLOW.cookie_value, SLOW.secret, 'Not valid');
      await openFolds(page);
      await page.locator('#inspect-option-configured_as').selectOption('secret');
      await page.getByRole('button', { name: 'Check it now' }).waitFor();
    },
  },
  {
    name: 'inspect-parts',
    at: 'inspect',
    async prepare(page) {
      const { cookie_name: name, options, secret, secret_encoding: encoding } = CUT;
      await inspectBox(page).fill(`Cookie: theme=dark; ${options.chunks.map((chunk, index) => `${name}-${index}=${chunk}`).join('; ')}`);
      await secretField(page).fill(secret);
      if (encoding === 'hex') await page.getByLabel('How the secret is read').first().selectOption('hex');
      await page.getByRole('region', { name: 'Verdict' }).getByRole('heading', { name: /^Valid/ }).waitFor();
    },
  },
  {
    name: 'inspect-part-missing',
    at: 'inspect',
    async prepare(page) {
      const { cookie_name: name, options, secret } = CUT;
      await inspect(page, `Cookie: ${name}-0=${options.chunks[0]}; ${name}-2=${options.chunks[2]}`, secret, 'Not valid');
    },
  },
  {
    name: 'inspect-token',
    at: 'inspect',
    async prepare(page) {
      await inspectSigned(page, SIGNED, 'Valid');
      await page.getByRole('button', { name: 'Explain: Payload' }).click();
      await page.getByText('What the server expects').click();
      await page.locator('#inspect-option-iss').fill('https://other.example');
      await expectVerdict(page, 'Valid, but not what is expected');
    },
  },
  {
    name: 'inspect-edit',
    at: 'inspect',
    async prepare(page) {
      await inspect(page, TOKEN, SECRET, 'Valid');
      await page.getByRole('button', { name: 'Edit: Payload' }).click();
      await page.getByRole('textbox', { name: 'Header' }).fill('{ "alg": HS256 }');
      await expectVerdict(page, 'Not signed');
    },
  },
  {
    name: 'inspect-edit-public',
    at: 'inspect',
    async prepare(page) {
      await inspectSigned(page, SIGNED, 'Valid');
      await page.getByRole('button', { name: 'Edit: Payload' }).click();
      await page.getByRole('button', { name: 'Expires in 1 hour' }).click();
      await expectVerdict(page, 'Not signed');
    },
  },
  {
    name: 'inspect-edit-fresh',
    at: 'inspect',
    async prepare(page) {
      await inspectSigned(page, SIGNED, 'Valid');
      await page.getByRole('button', { name: 'Edit: Payload' }).click();
      await page.getByRole('button', { name: 'Expires in 1 hour' }).click();
      await page.getByRole('button', { name: 'Make one for this algorithm' }).click();
      await expectVerdict(page, 'Valid');
      await page.getByText('The key that was made').click();
    },
  },
  {
    name: 'inspect-inner',
    at: 'inspect',
    async prepare(page) {
      await inspectSigned(page, token({ alg: 'ES256', cty: 'JWT' }, TOKEN, EC.privateKey), 'Valid');
      await page.getByRole('button', { name: 'Open the token inside' }).click();
      await page.getByRole('button', { name: 'Back to the outer token' }).waitFor();
    },
  },
  { name: 'inspect-disclosed', at: 'inspect', prepare: (page) => inspectSigned(page, SD, 'Not valid') },
  {
    name: 'inspect-mended',
    at: 'inspect',
    prepare: (page) => inspect(page, `"${TOKEN.replaceAll('.', '.\n')}"`, SECRET, 'Valid'),
  },
  {
    name: 'inspect-key',
    at: 'inspect',
    async prepare(page) {
      await inspectBox(page).fill(PRIVATE);
      await page.getByRole('button', { name: 'Check tokens with it' }).waitFor();
    },
  },
  { name: 'inspect-unknown', at: 'inspect', prepare: (page) => inspect(page, 'only words', undefined, 'Not a signed value') },
  { name: 'sign', at: 'sign', prepare: (page) => page.getByRole('heading', { name: 'There is no secret yet' }).waitFor() },
  {
    name: 'sign-made',
    at: 'sign',
    async prepare(page) {
      await sign(page);
      await openFolds(page);
    },
  },
  {
    name: 'sign-framework',
    at: 'sign',
    async prepare(page) {
      await secretField(page).fill(SECRET);
      await pickScheme(page, 'Gorilla secure cookie');
      await page.getByRole('region', { name: 'Program' }).waitFor();
      await openFolds(page);
    },
  },
  {
    name: 'sign-pair',
    at: 'sign',
    async prepare(page) {
      await page.getByRole('combobox', { name: /^Algorithm/ }).selectOption('ES256');
      await page.getByRole('heading', { name: 'There is no key yet' }).waitFor();
      await page.getByRole('button', { name: 'Make one for this algorithm' }).click();
      await until(async () => (await shownValue(page)) !== '', 'a token is signed');
      await openFolds(page);
    },
  },
  {
    name: 'sign-encrypted',
    at: 'sign',
    async prepare(page) {
      await pickScheme(page, 'JWT, encrypted (JWE)');
      await page.getByRole('combobox', { name: /^Algorithm/ }).selectOption('RSA-OAEP-256');
      await page.locator('#sign-secret').fill(PUBLIC);
      await page.getByRole('heading', { name: 'Nothing is signed' }).waitFor();
    },
  },
  {
    name: 'sign-slow',
    at: 'sign',
    async prepare(page) {
      await secretField(page).fill(SECRET);
      await pickScheme(page, 'Fastify secure session');
      await page.locator('#sign-option-configured_as').selectOption('secret');
      await page.getByRole('button', { name: 'Make it now' }).waitFor();
    },
  },
  {
    name: 'sign-cut',
    at: 'sign',
    async prepare(page) {
      await secretField(page).fill(SECRET);
      await pickScheme(page, 'Auth.js session');
      await page.getByRole('textbox', { name: 'Payload' }).fill(JSON.stringify({ ...CLAIMS, filler: 'ab'.repeat(3000) }));
      await expectText(page.getByRole('region', { name: 'The result' }), 'it is cut over 3');
    },
  },
  {
    name: 'sign-remarks',
    at: 'sign',
    async prepare(page) {
      await sign(page);
      for (const name of [/^HttpOnly/, /^Secure/]) await page.getByRole('switch', { name }).uncheck({ force: true });
      await page.getByRole('combobox', { name: /^SameSite/ }).selectOption('None');
      await page.getByRole('textbox', { name: /^Max-Age/ }).fill('soon');
      await page.getByText('Any script on the page can read this login cookie').first().waitFor();
    },
  },
  {
    name: 'sign-error',
    at: 'sign',
    async prepare(page) {
      await sign(page);
      await page.getByRole('textbox', { name: 'Payload' }).fill('{"sub": anna}');
      await page.getByRole('alert').first().waitFor();
    },
  },
  ...ARTICLES.map((id) => ({ name: `guide-${id}`, at: `guide/${id}` })),
  {
    name: 'guide-refused',
    at: 'guide/how-signing-works',
    async prepare(page) {
      await expectText(page.getByRole('group', { name: 'Try it' }), 'Accepted');
      await page.getByRole('button', { name: 'Change one character' }).click();
      await expectText(page.getByRole('group', { name: 'Try it' }), 'Refused');
    },
  },
  {
    name: 'guide-advice',
    at: 'guide/which-one',
    async prepare(page) {
      for (const label of ['Several services of mine', 'Within minutes', 'Apps and programs too', 'Yes', 'Who it is']) {
        await page.getByRole('radio', { name: label, exact: true }).check({ force: true });
      }
      await page.getByRole('region', { name: 'Advice' }).getByRole('heading', { name: 'Why' }).waitFor();
    },
  },
  { name: 'sealed', at: '', prepare: (page) => page.getByRole('button', { name: 'Sealed', exact: true }).click() },
  { name: 'keys', at: '', prepare: (page) => page.getByRole('button', { name: /Keys/ }).click() },
  {
    name: 'cleared',
    at: '',
    prepare: (page) => page.getByRole('button', { name: 'Clear secrets' }).click(),
  },
];
