// What the page can look like: every panel, empty and with content, and what opens over it.
import { readFile } from 'node:fs/promises';
import { ARTICLES } from './articles.mjs';
import { expectText, expectVerdict, inspectBox, pickScheme, secretField, shownValue, until } from './harness.mjs';
import { expressCookie, jwt, middle, now, signedValue, tampered } from './values.mjs';

const SECRET = 'f0a1c2e3d4958677f0a1c2e3d4958677f0a1c2e3d4958677f0a1c2e3d4958677';
const CLAIMS = { iss: 'https://login.example', sub: 'user_8f3a2c', role: 'editor', iat: now() - 600, exp: now() + 3000 };
const TOKEN = jwt(CLAIMS, SECRET);
const SESSION = expressCookie('h3Wq0Zt7uYb1Kx9VfJm2Rc', SECRET);

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
