// One round through everything the page does, for tests that watch what happens meanwhile.
import { ARTICLES } from './articles.mjs';
import { expectText, expectVerdict, go, inspectBox, secretField, shownValue, until } from './harness.mjs';
import { expressCookie, jwt, middle, now, tampered } from './values.mjs';

/** Uses every panel, with `secret` wherever one is asked for. Returns the page to where it was: a sealed page. */
export async function useEverything(page, secret) {
  const button = (name) => page.getByRole('main').getByRole('button', { name, exact: true });
  const radio = (name) => page.getByRole('radio', { name, exact: true }).check({ force: true });

  await go(page, 'Generate');
  for (const name of ['384', '512', '256', 'Base64', 'Base64url', 'Letters+digits', 'Hex']) await radio(name);
  for (const tab of await page.getByRole('tablist', { name: 'Put it in' }).getByRole('tab').all()) await tab.click();
  await page.getByRole('tab', { name: '.env', exact: true }).click();
  await button('Copy key').click();
  await button('Copy line').click();
  await Promise.all([page.waitForEvent('download'), button('Save .env').click()]);

  await page.getByRole('tab', { name: 'Key pair or JWK' }).click();
  await button('Make the key').click();
  await page.getByRole('button', { name: 'Copy: Private key, JWK' }).click();
  await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: /^Save: Public key, PEM/ }).click()]);
  await page.getByRole('tab', { name: 'Secret', exact: true }).click();

  await go(page, 'Sign');
  await secretField(page).fill(secret);
  await page.getByRole('textbox', { name: 'Payload' }).fill('{"sub":"anna"}');
  await until(async () => middle(await shownValue(page)).includes('anna'), 'a token is signed');
  await page.getByRole('switch', { name: /^HttpOnly/ }).uncheck({ force: true });
  for (const name of ['Copy value', 'Copy line', 'Copy command']) await button(name).click();
  await button('Inspect this').click();
  await page.getByRole('main', { name: 'Inspect' }).waitFor();

  const token = jwt({ sub: 'anna', exp: now() + 3600 }, secret);
  for (const [text, word] of [
    [token, 'Valid'],
    [`Bearer ${tampered(token)}`, 'Not valid'],
    [`Set-Cookie: sid=${expressCookie('h3Wq0Zt7uYb1Kx9VfJm2Rc', secret)}; SameSite=None`, 'Valid'],
  ]) {
    await button('Clear').click();
    await inspectBox(page).fill(text);
    await secretField(page).fill(secret);
    await expectVerdict(page, word);
  }
  await button('Clear').click();
  await inspectBox(page).fill(token);
  await secretField(page).fill(secret);
  await expectVerdict(page, 'Valid');
  await button('Edit: Payload').click();
  await page.getByRole('textbox', { name: 'Payload' }).fill('{"sub":"bert"}');
  await until(async () => middle(await inspectBox(page).inputValue()).includes('bert'), 'the token is edited');
  await button('Done').first().click();
  for (const fold of await page.getByRole('main').locator('summary:visible').all()) await fold.click();
  await button('Show').first().click();
  await button('Hide').first().click();

  await go(page, 'Guide');
  for (const id of ARTICLES) await page.evaluate((hash) => (location.hash = hash), `guide/${id}`);
  await page.evaluate(() => (location.hash = 'guide/how-signing-works'));
  await expectText(page.getByRole('group', { name: 'Try it' }), 'Accepted');
  await page.getByRole('button', { name: 'Change one character' }).click();
  await expectText(page.getByRole('group', { name: 'Try it' }), 'Refused');

  await page.getByRole('button', { name: 'Sealed', exact: true }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /^Theme/ }).click();
}
