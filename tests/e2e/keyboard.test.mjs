// Without a pointer: every step here is a key.
import assert from 'node:assert/strict';
import test from 'node:test';
import { expectVerdict, open, secretField, until, verdict } from './harness.mjs';
import { jwt, now } from './values.mjs';

const press = async (page, ...keys) => {
  for (const key of keys) await page.keyboard.press(key);
};
const panel = (page, name) => page.getByRole('main', { name }).waitFor();

/** The focused element’s accessible name, as far as tests need it. */
const focused = (page) =>
  page.evaluate(() => {
    const element = document.activeElement;
    const label = element.labels?.[0]?.textContent ?? element.getAttribute('aria-label');
    return (label ?? element.textContent).replaceAll(/\s+/g, ' ').trim();
  });

/** Presses Tab until the focus is on the element of that name; fails if it never is. */
async function tabTo(page, name, key = 'Tab') {
  const seen = [];
  for (let steps = 0; steps < 80; steps += 1) {
    await page.keyboard.press(key);
    const now = await focused(page);
    seen.push(now);
    if (name instanceof RegExp ? name.test(now) : now === name) return;
  }
  assert.fail(`Tab never comes to ${name}, but to ${[...new Set(seen)].join(' | ')}`);
}

test('the first Tab is a link past the head, and the order is the order in which one reads', async (t) => {
  const page = await open(t);
  await press(page, 'Tab');
  assert.equal(await focused(page), 'To the panel');
  await press(page, 'Enter', 'Tab');
  const inMain = await page.evaluate(() => document.activeElement.closest('main') !== null);
  assert.ok(inMain);
  // Every stop shows where it is: a ring of at least 2 px.
  const rings = [];
  for (let steps = 0; steps < 12; steps += 1) {
    rings.push(
      await page.evaluate(() => {
        const rings = [document.activeElement, ...(document.activeElement.closest('label')?.children ?? [])].map((element) => {
          const style = getComputedStyle(element);
          return style.outlineStyle === 'none' ? 0 : parseFloat(style.outlineWidth);
        });
        return { what: document.activeElement.outerHTML.slice(0, 80), width: Math.max(...rings) };
      }),
    );
    await press(page, 'Tab');
  }
  assert.deepEqual(rings.filter(({ width }) => width < 2), []);
});

test('the keys for the panels: a dot and a letter, Alt and a figure', async (t) => {
  const page = await open(t);
  for (const [letter, name] of [['i', 'Inspect'], ['s', 'Sign'], ['h', 'Guide'], ['g', 'Generate']]) {
    await press(page, '.', letter);
    await panel(page, name);
  }
  for (const [figure, name] of [['2', 'Inspect'], ['3', 'Sign'], ['4', 'Guide'], ['1', 'Generate']]) {
    await press(page, `Alt+${figure}`);
    await panel(page, name);
  }
});

test('a letter typed into a field is a letter; Alt and a figure work there too', async (t) => {
  const page = await open(t, { at: 'inspect' });
  await press(page, '/');
  await page.keyboard.type('.g/?h');
  await panel(page, 'Inspect');
  assert.equal(await page.getByRole('textbox', { name: 'Cookie, token or request' }).inputValue(), '.g/?h');
  await press(page, 'Alt+3');
  await panel(page, 'Sign');
});

test('/ goes to the main box of each panel', async (t) => {
  const page = await open(t);
  for (const [figure, name] of [['1', 'Variable'], ['2', 'Cookie, token or request'], ['3', 'Payload']]) {
    await press(page, `Alt+${figure}`, '/');
    await until(async () => (await focused(page)) === name, `the focus is on ${name}`);
  }
});

test('? lists the keys; Esc closes the list and the focus is back', async (t) => {
  const page = await open(t);
  await press(page, '?');
  const list = page.getByRole('dialog', { name: 'Keys' });
  await list.waitFor();
  await press(page, 'Escape');
  await list.waitFor({ state: 'hidden' });
  await press(page, '?', 'Enter');
  await list.waitFor({ state: 'hidden' });
});

test('Esc clears the main box, and Undo is within reach of Tab', async (t) => {
  const page = await open(t, { at: 'inspect' });
  const box = page.getByRole('textbox', { name: 'Cookie, token or request' });
  await press(page, '/');
  await page.keyboard.type('something typed');
  await press(page, 'Escape');
  assert.equal(await box.inputValue(), '');
  await tabTo(page, 'Undo');
  await press(page, 'Enter');
  await until(async () => (await box.inputValue()) === 'something typed', 'it is back');
});

test('a key is made and a token inspected with the keyboard alone', async (t) => {
  const page = await open(t);
  // Preset, size, form and target, by arrows.
  await press(page, 'Tab');
  await press(page, 'Enter');
  await tabTo(page, 'For');
  await page.keyboard.type('rails');
  await press(page, 'Enter');
  await page.getByRole('heading', { name: '512-bit key' }).waitFor();
  await tabTo(page, '512');
  await press(page, 'ArrowLeft', 'ArrowLeft');
  await page.getByRole('heading', { name: '256-bit key' }).waitFor();
  await tabTo(page, '.env');
  await press(page, 'ArrowRight');
  await page.getByRole('tabpanel', { name: 'Shell' }).waitFor();
  const key = await page.getByRole('status', { name: 'The key' }).textContent();

  // The key goes to Inspect; the token is typed.
  await tabTo(page, 'Inspect');
  await press(page, 'Enter');
  await panel(page, 'Inspect');
  await press(page, '/');
  await page.keyboard.insertText(jwt({ sub: 'anna', exp: now() + 3600 }, key));
  await expectVerdict(page, 'Valid');
  // A part leads to what it means; a fold opens; the secret shows and hides.
  await tabTo(page, /^Payload/);
  await press(page, 'Enter');
  await until(
    () => page.evaluate(() => document.activeElement.innerText.includes('anna')),
    'the focus is on the decoded payload',
  );
  await tabTo(page, /^How it is built/);
  await press(page, 'Enter');
  await page.getByRole('region', { name: 'How it is built' }).getByText('HMAC').first().waitFor();
  await tabTo(page, 'Show', 'Shift+Tab');
  await press(page, 'Space');
  const isMasked = () => secretField(page).evaluate((field) => getComputedStyle(field).webkitTextSecurity !== 'none');
  await until(async () => !(await isMasked()), 'the secret shows');
  await press(page, 'Space');
  await until(isMasked, 'the secret is masked again');
  assert.ok(await verdict(page).isVisible());
});

test('nothing holds the focus: Tab comes round from every panel', async (t) => {
  const page = await open(t);
  for (const figure of ['1', '2', '3', '4']) {
    await press(page, `Alt+${figure}`);
    await tabTo(page, /^\? ?Keys$/);
    await tabTo(page, 'To the panel');
  }
});
