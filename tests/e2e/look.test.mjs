// How every state of the page looks, in both themes: axe-core finds nothing, the page never scrolls sideways, and a
// screenshot is left in screenshots/ for a person to look at.
import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import test from 'node:test';
import { PROJECT, home, open } from './harness.mjs';
import { STATES } from './states.mjs';

const SCREENSHOTS = join(PROJECT, 'tests/e2e/screenshots');
const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const WIDTHS = [320, 360, 768, 1440, 2560];
const SHOT = [360, 768, 1440];
const ZOOMED = { width: 320, height: 256 }; // 1280 × 1024 at 400 %

await mkdir(SCREENSHOTS, { recursive: true });

/** What axe-core objects to, a line for each element. */
async function objections(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => axe.run());
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')}: ${node.failureSummary}`));
}

/** By how many pixels the page is wider than its window, and what sticks out. */
function overhang(page) {
  return page.evaluate(() => {
    const { scrollWidth } = document.documentElement;
    const { width } = document.documentElement.getBoundingClientRect(); // without the room kept for a scroll bar
    if (scrollWidth <= width) return null;
    const out = [...document.querySelectorAll('body *')].filter((element) => element.getBoundingClientRect().right > width + 1);
    return { by: scrollWidth - width, what: out.slice(-3).map((element) => element.outerHTML.slice(0, 120)) };
  });
}

async function openIn(t, { at, prepare }, options) {
  const page = await open(t, { at, ...options });
  await prepare?.(page);
  return page;
}

for (const colorScheme of ['light', 'dark']) {
  for (const state of STATES) {
    test(`${state.name}, ${colorScheme}`, async (t) => {
      const page = await openIn(t, state, { colorScheme, reducedMotion: 'reduce' });
      const wrong = (await objections(page)).map((objection) => `wide: ${objection}`);
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 });
        const over = await overhang(page);
        if (over) wrong.push(`at ${width} px it scrolls sideways: ${JSON.stringify(over)}`);
        if (SHOT.includes(width)) {
          await page.screenshot({ path: join(SCREENSHOTS, `${state.name}-${width}-${colorScheme}.png`), fullPage: true });
        }
        if (width === 360) wrong.push(...(await objections(page)).map((objection) => `narrow: ${objection}`));
      }
      await page.setViewportSize(ZOOMED);
      const over = await overhang(page);
      if (over) wrong.push(`at 400 % it scrolls sideways: ${JSON.stringify(over)}`);
      assert.deepEqual(wrong, []);
    });
  }
}

test('at 400 % what is fixed leaves most of the window to the panel', async (t) => {
  for (const { at } of STATES.filter(({ name }) => ['generate', 'inspect', 'sign', 'guide-the-seal'].includes(name))) {
    const page = await open(t, { at, viewport: ZOOMED });
    await page.evaluate(() => scrollTo(0, 300));
    const covered = await page.evaluate(() => {
      const rows = Array.from({ length: innerHeight }, (_, y) => document.elementFromPoint(innerWidth / 2, y));
      return rows.filter((element) => !element?.closest('main, footer, body > :not(header)')).length / innerHeight;
    });
    assert.ok(covered < 0.5, `${at || 'generate'}: ${Math.round(covered * 100)} % of the window is covered`);
  }
});

for (const name of ['generate', 'inspect-valid', 'inspect-forged', 'sign-remarks', 'guide-refused']) {
  test(`${name} in forced colours`, async (t) => {
    const state = STATES.find((state) => state.name === name);
    const page = await openIn(t, state, { forcedColors: 'active', reducedMotion: 'reduce' });
    assert.deepEqual(await objections(page), []);
    await page.screenshot({ path: join(SCREENSHOTS, `${name}-1280-forced.png`), fullPage: true });
  });
}

test('nothing moves for who asked for no motion', async (t) => {
  const page = await open(t, { reducedMotion: 'reduce' });
  const moving = await page.evaluate(() =>
    [...document.querySelectorAll('*')].filter((element) => {
      const style = getComputedStyle(element);
      const seconds = `${style.transitionDuration}, ${style.animationDuration}`.split(', ').map((time) => parseFloat(time) * (time.endsWith('ms') ? 0.001 : 1));
      return Math.max(...seconds) > 0.01;
    }).map((element) => element.outerHTML.slice(0, 100)),
  );
  assert.deepEqual(moving, []);
});

test('a long token wraps: it never widens the page', async (t) => {
  const page = await open(t, { at: 'inspect', viewport: { width: 320, height: 640 } });
  await page.getByRole('textbox', { name: 'Cookie, token or request' }).fill(`${'a'.repeat(4000)}.${'b'.repeat(43)}`);
  await page.getByRole('region', { name: 'Verdict' }).waitFor();
  assert.equal(await overhang(page), null);
});

test('axe-core and the overhang find what is wrong, where something is', async (t) => {
  const page = await open(t, { address: home.address });
  await page.evaluate(() => {
    const image = document.createElement('img');
    image.style.setProperty('width', '3000px');
    image.style.setProperty('height', '20px');
    document.querySelector('main').append(image);
  });
  assert.ok((await objections(page)).some((line) => line.startsWith('image-alt')));
  assert.ok((await overhang(page)).by > 1000);
});
