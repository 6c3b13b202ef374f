// Guide: the articles by their addresses, and the examples that the engine answers.
import assert from 'node:assert/strict';
import test from 'node:test';
import { ARTICLES } from './articles.mjs';
import { expectText, home, open, until } from './harness.mjs';

const article = (page) => page.getByRole('article');
const heading = (page) => article(page).getByRole('heading', { level: 1 });

test('every article has an address of its own and a link in the list, and ends with the way to a panel', async (t) => {
  const page = await open(t, { at: 'guide' });
  const links = await page.getByRole('navigation', { name: 'Articles' }).getByRole('link').all();
  assert.deepEqual(await Promise.all(links.map((link) => link.getAttribute('href'))), ARTICLES.map((id) => `#guide/${id}`));
  for (const [index, link] of links.entries()) {
    const title = await link.innerText();
    await link.click();
    await until(async () => (await heading(page).innerText()) === title, `${title} is shown`);
    assert.equal(new URL(page.url()).hash, `#guide/${ARTICLES[index]}`);
    const ends = article(page).getByRole('link').and(page.locator('[href="#generate"], [href="#inspect"], [href="#sign"]'));
    assert.ok((await ends.count()) > 0, `${title} leads to a panel`);
  }
});

test('an article’s address opens it, and Back goes to the one before', async (t) => {
  const page = await open(t, { at: 'guide/the-seal' });
  await expectText(heading(page), 'How this page proves that nothing leaves it');
  await page.goto(`${home.address}#guide/the-secret`);
  await expectText(heading(page), 'The secret');
  await page.goBack();
  await expectText(heading(page), 'How this page proves');
});

test('every link within the Guide leads somewhere', async (t) => {
  const page = await open(t, { at: 'guide' });
  const places = new Set(['generate', 'inspect', 'sign', 'guide', ...ARTICLES.map((id) => `guide/${id}`)]);
  for (const id of ARTICLES) {
    await page.goto(`${home.address}#guide/${id}`);
    await page.locator(`[aria-current][href="#guide/${id}"]`).waitFor();
    const targets = await article(page).getByRole('link').evaluateAll((links) => links.map((link) => link.getAttribute('href')));
    for (const to of targets) {
      if (to.startsWith('#')) assert.ok(places.has(to.slice(1)), `${id}: ${to}`);
    }
  }
});

test('how signing works: a value is signed, changed on its way, refused, and put back', async (t) => {
  const page = await open(t, { at: 'guide/how-signing-works' });
  const live = page.getByRole('group', { name: 'Try it' });
  await expectText(live, 'Accepted');
  const arrives = live.getByRole('textbox', { name: 'What arrives at the server' });
  const before = await arrives.inputValue();
  await live.getByRole('button', { name: 'Change one character' }).click();
  await expectText(live, 'Refused');
  await expectText(live, 'This secret makes');
  await live.getByRole('button', { name: 'Put it back' }).click();
  await expectText(live, 'Accepted');
  await live.getByRole('textbox', { name: 'Payload' }).fill('user=1; role=admin');
  await until(async () => ![before, ''].includes(await arrives.inputValue()), 'another payload gives another value');
  await expectText(live, 'Accepted');
  await live.getByRole('textbox', { name: 'Secret' }).fill('another secret, long enough to be taken as one');
  await expectText(live, 'Accepted');
});

test('signed is not encrypted: what is signed is read without the secret', async (t) => {
  const page = await open(t, { at: 'guide/signed-or-encrypted' });
  const live = page.getByRole('group', { name: 'Try it' });
  await live.getByRole('textbox', { name: 'What your server signs' }).fill('nobody should read this');
  await expectText(live.getByRole('status'), 'nobody should read this');
});

test('the questions end in advice with reasons, and an answer changes it', async (t) => {
  const page = await open(t, { at: 'guide/which-one' });
  const advice = page.getByRole('region', { name: 'Advice' });
  await expectText(advice, '5 questions to go');
  const answer = (label) => page.getByRole('radio', { name: label, exact: true }).check({ force: true });
  for (const label of ['One application', 'At once', 'Browsers only', 'Yes']) await answer(label);
  await expectText(advice, '1 question to go');
  await answer('Who it is');
  await advice.getByRole('heading', { name: 'Sessions on the server', exact: true }).waitFor();
  await expectText(advice, 'Why');
  await expectText(advice, 'What would change it');
  for (const label of ['Other people’s services too', 'When the login expires by itself', 'Apps and programs too', 'No']) {
    await answer(label);
  }
  await advice.getByRole('heading', { name: 'JWTs', exact: true }).waitFor();
});

test('an unknown address shows what was shown before', async (t) => {
  const page = await open(t, { at: 'guide/no-such-article' });
  await expectText(heading(page), /\w/);
  await page.goto(`${home.address}#nowhere`);
  await page.getByRole('main', { name: 'Guide' }).waitFor();
});
