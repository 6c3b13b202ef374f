// The frame: addresses, theme, what is said of the seal, and the one button that clears every secret.
import assert from 'node:assert/strict';
import test from 'node:test';
import { expectText, go, inspectBox, open, secretField, until } from './harness.mjs';

test('each panel has its address and title; Back goes through them, to the first as well', async (t) => {
  const page = await open(t);
  for (const panel of ['Inspect', 'Sign', 'Guide']) {
    await go(page, panel);
    await page.getByRole('main', { name: panel }).waitFor();
    assert.equal(new URL(page.url()).hash, `#${panel.toLowerCase()}`);
    assert.equal(await page.title(), `${panel} · Keyjar`);
  }
  for (const panel of ['Sign', 'Inspect', 'Generate']) {
    await page.goBack();
    await page.getByRole('main', { name: panel }).waitFor();
  }
});

test('the theme goes from the system’s to light to dark and back', async (t) => {
  const page = await open(t, { colorScheme: 'dark' });
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const theme = page.getByRole('button', { name: /^Theme: / });
  const dark = await ground();
  await theme.click();
  await page.getByRole('button', { name: 'Theme: light' }).waitFor();
  const light = await ground();
  assert.notEqual(light, dark);
  await theme.click();
  await page.getByRole('button', { name: 'Theme: dark' }).waitFor();
  assert.equal(await ground(), dark);
  await theme.click();
  await page.getByRole('button', { name: 'Theme: as the system' }).waitFor();
  await page.emulateMedia({ colorScheme: 'light' });
  await until(async () => (await ground()) === light, 'the page follows the system');
});

test('what Sealed means is said, with what it does not cover', async (t) => {
  const page = await open(t);
  await page.getByRole('button', { name: 'Sealed', exact: true }).click();
  const note = page.getByRole('dialog', { name: 'This page is sealed' });
  await expectText(note, 'refuses every connection');
  await expectText(note, /Not covered: leaving the page, as by a link, WebRTC/);
  await note.getByRole('link', { name: 'How to check it, step by step' }).click();
  await page.getByRole('heading', { name: 'How this page proves that nothing leaves it', level: 1 }).waitFor();
  assert.equal(await note.isVisible(), false);
});

test('Clear secrets clears every one, in every panel, and the values that hold nothing secret stay', async (t) => {
  const secret = 'a-distinctive-secret-of-thirty-two-bytes';
  const page = await open(t);
  const key = await page.getByRole('status', { name: 'The key' }).textContent();
  await go(page, 'Sign');
  await secretField(page).fill(secret);
  await go(page, 'Inspect');
  await inspectBox(page).fill('eyJhbGciOiJIUzI1NiJ9.e30.AAAA');
  await secretField(page).fill(secret);
  await page.getByRole('button', { name: 'Add a secret' }).click();
  await page.getByLabel('Secret 2', { exact: true }).fill(`${secret}-2`);
  await page.evaluate(() => (location.hash = 'guide/how-signing-works'));
  const guide = page.getByRole('group', { name: 'Try it' }).getByRole('textbox', { name: 'Secret' });
  await guide.fill(secret);

  await page.getByRole('button', { name: 'Clear secrets' }).click();
  await page.getByRole('status').filter({ hasText: 'All secrets are cleared.' }).waitFor();
  const holds = () =>
    page.evaluate(
      (texts) => {
        const isSecret = (text) => texts.some((secret) => text.includes(secret));
        const fields = [...document.querySelectorAll('input, textarea')].filter((field) => isSecret(field.value));
        return [...fields.map((field) => field.id), ...(isSecret(document.documentElement.outerHTML) ? ['document'] : [])];
      },
      [secret, key],
    );
  await page.waitForTimeout(200);
  assert.deepEqual(await holds(), [], 'where a secret still stands');
  await go(page, 'Inspect');
  assert.equal(await inspectBox(page).inputValue(), 'eyJhbGciOiJIUzI1NiJ9.e30.AAAA');
  await go(page, 'Generate');
  await page.getByText('The key was cleared.').waitFor();
  await page.getByRole('button', { name: 'New key' }).click();
  await page.getByRole('status', { name: 'The key' }).waitFor();
});
