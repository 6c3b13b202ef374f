// Inspect: what a person finds out about a cookie or token. The values are made by Node's crypto.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import test from 'node:test';
import { copied, expectText, expectVerdict, go, inspectBox, open, pickScheme, secretField, shownValue, until, verdict } from './harness.mjs';
import { expressCookie, jwt, middle, now, part, signedValue, tampered } from './values.mjs';

const SECRET = 'f0a1c2e3d4958677f0a1c2e3d4958677f0a1c2e3d4958677f0a1c2e3d4958677';
const token = (claims = { sub: 'anna', role: 'editor', iat: now() - 60, exp: now() + 3600 }) => jwt(claims, SECRET);
const SESSION = 'h3Wq0Zt7uYb1Kx9VfJm2Rc';

/** Opens Inspect and pastes `text`, and the secret if there is one. */
async function inspect(t, text, secret, options) {
  const page = await open(t, { at: 'inspect', ...options });
  await inspectBox(page).fill(text);
  if (secret !== undefined) await secretField(page).fill(secret);
  return page;
}

const section = (page, name) => page.getByRole('region', { name });

test('a bare JWT is found, decoded and, with the secret, verified', async (t) => {
  const page = await inspect(t, token());
  await expectVerdict(page, 'Not checked yet', 'Give the secret to check the signature.');
  await page.getByRole('heading', { name: 'JWT, HS256' }).waitFor();
  await expectText(section(page, 'Header'), '"alg": "HS256"');
  await expectText(section(page, 'Payload'), '"role": "editor"');
  await expectText(section(page, 'Payload'), /expires in (1 hour|59 minutes)/);
  await secretField(page).fill(SECRET);
  await expectVerdict(page, 'Valid', 'Signed with this secret, read as text. Nothing was changed since.');
});

test('HS384, HS512, Express cookies and plain signed values verify', async (t) => {
  const page = await inspect(t, '-', SECRET);
  for (const [value, heading] of [
    [jwt({ sub: 'anna', exp: now() + 60 }, SECRET, { alg: 'HS384' }), 'JWT, HS384'],
    [jwt({ sub: 'anna', exp: now() + 60 }, SECRET, { alg: 'HS512' }), 'JWT, HS512'],
    [expressCookie(SESSION, SECRET), 'Express signed cookie'],
    [expressCookie('j:{"cart":[1,2]}', SECRET), 'Express signed cookie, JSON'],
    [signedValue('user=42', SECRET), 'Signed value, HMAC-SHA-256'],
  ]) {
    await inspectBox(page).fill(value);
    await page.getByRole('heading', { name: heading, exact: true }).waitFor();
    // A short key for HS384 and HS512 is a caveat, not a refusal.
    await verdict(page).getByRole('heading', { name: /^Valid/ }).waitFor();
  }
});

test('Bearer and the header’s name are no hindrance', async (t) => {
  const page = await inspect(t, '-', SECRET);
  for (const before of ['Bearer ', 'Authorization: Bearer ', 'authorization: bearer ']) {
    await inspectBox(page).fill('');
    await inspectBox(page).fill(before + token());
    await expectVerdict(page, 'Valid');
    await expectText(section(page, 'Payload'), '"sub": "anna"');
  }
});

test('a Cookie header shows all that is in it, and one chooses', async (t) => {
  const header = `Cookie: theme=dark; connect.sid=${expressCookie(SESSION, SECRET)}; token=${tampered(token())}`;
  const page = await inspect(t, header, SECRET);
  await page.getByRole('heading', { name: '3 found in a Cookie header' }).waitFor();
  const row = (name) => page.getByRole('row').filter({ has: page.getByRole('button', { name, exact: true }) });
  await expectText(row('theme'), 'Not signed');
  await expectText(row('connect.sid'), /Express signed cookie .*Valid/);
  await expectText(row('token'), /JWT, HS256 .*Not valid/);
  await row('connect.sid').getByRole('button').click();
  await expectVerdict(page, 'Valid');
  await page.getByText(SESSION).first().waitFor();
  await row('token').getByRole('button').click();
  await expectVerdict(page, 'Not valid');
  await row('theme').getByRole('button').click();
  await expectVerdict(page, 'Not a signed value');
});

test('a Set-Cookie line is remarked on, and the corrected line draws no serious remark', async (t) => {
  const page = await inspect(t, `Set-Cookie: connect.sid=${expressCookie(SESSION, SECRET)}; Path=/; SameSite=None`, SECRET);
  await expectVerdict(page, 'Valid');
  const remarks = section(page, 'Remarks');
  await expectText(remarks, 'Any script on the page can read this login cookie serious');
  await expectText(remarks, 'Add HttpOnly.');
  await expectText(remarks, 'refuse a SameSite=None cookie that is not Secure serious');
  await expectText(section(page, 'What the browser keeps'), 'Stored no: SameSite=None needs Secure');

  const keeps = section(page, 'What the browser keeps');
  const corrected = await copied(page, keeps.getByRole('button', { name: 'Copy' }));
  assert.match(corrected, /HttpOnly/);
  assert.match(corrected, /Secure/);
  await inspectBox(page).fill(`Set-Cookie: ${corrected.replace(/^Set-Cookie: /, '')}`);
  await until(async () => !/serious/.test(await page.getByRole('main').innerText()), 'no remark is serious');
  await expectVerdict(page, 'Valid');
});

test('a remark shows the place that it is about', async (t) => {
  const line = 'Set-Cookie: session=abc; SameSite=Sometimes; Path=/';
  const page = await inspect(t, line);
  const remark = section(page, 'Remarks')
    .getByRole('listitem')
    .filter({ has: page.getByRole('heading', { name: 'Sometimes' }) });
  await remark.getByRole('button', { name: 'Show the place' }).click();
  const selected = await inspectBox(page).evaluate((box) => box.value.slice(box.selectionStart, box.selectionEnd));
  assert.match(selected, /Sometimes/);
});

test('a tampered copy is refused, with the reason and both signatures', async (t) => {
  const forged = tampered(token());
  const page = await inspect(t, forged, SECRET);
  await expectVerdict(page, 'Not valid', 'The signature does not match.', 'changed after it was signed');
  const pair = section(page, 'Found and expected');
  await expectText(pair, `In the value ${forged.split('.')[2]}`);
  const [header, payload] = forged.split('.');
  const expected = createHmac('sha256', SECRET).update(`${header}.${payload}`).digest('base64url');
  await expectText(pair, `This secret makes ${expected}`);
  await expectText(section(page, 'Payload'), 'not confirmed');
});

test('a part of it broken, the reason and the place are named and the rest is still read', async (t) => {
  const [header, payload] = token().split('.');
  const page = await inspect(t, `${header}.${payload}.abc%def`, SECRET);
  await expectVerdict(page, 'Not valid', 'The signature is not Base64url');
  await expectText(section(page, 'Payload'), '"sub": "anna"');
});

test('alg none and an algorithm for other keys are refused', async (t) => {
  const page = await inspect(t, jwt({ sub: 'anna' }, SECRET, { header: { alg: 'none' } }), SECRET);
  await expectVerdict(page, 'Not valid', 'none');
  await inspectBox(page).fill(jwt({ sub: 'anna' }, SECRET, { header: { alg: 'RS256' } }));
  await expectVerdict(page, 'Not valid', 'RS256');
});

test('expired and not yet valid are said beside a right signature', async (t) => {
  const page = await inspect(t, token({ sub: 'anna', exp: now() - 7200 }), SECRET);
  await expectVerdict(page, 'Valid, but expired', '2 hours ago');
  await inspectBox(page).fill(token({ sub: 'anna', nbf: now() + 7200, exp: now() + 9000 }));
  await expectVerdict(page, 'Valid, but not yet');
});

for (const [how, bytes, given, button] of [
  ['hex', Buffer.from(SECRET, 'hex'), SECRET, 'Read it as Hex'],
  ['Base64', Buffer.from(SECRET, 'hex'), Buffer.from(SECRET, 'hex').toString('base64'), 'Read it as Base64'],
  ['quotes around it', SECRET, `"${SECRET}"`, /^Read it as Text, without the quotes/],
  ['NAME= before it', SECRET, `SESSION_SECRET=${SECRET}`, /^Read it as Text, /],
  ['a blank at its end', SECRET, `${SECRET} `, /^Read it as Text, /],
]) {
  test(`a secret read wrongly (${how}) is explained and put right by one click`, async (t) => {
    const page = await inspect(t, jwt({ sub: 'anna', exp: now() + 60 }, bytes), given);
    await expectVerdict(page, 'Not valid', 'Valid if the secret is read as');
    await verdict(page).getByRole('button', { name: button }).click();
    await expectVerdict(page, 'Valid');
  });
}

test('another secret is no explanation: only what verifies is offered', async (t) => {
  const page = await inspect(t, token(), 'another secret altogether, also thirty-two bytes');
  await expectVerdict(page, 'Not valid');
  assert.equal(await verdict(page).getByRole('button', { name: /^Read it as/ }).count(), 0);
  await expectText(section(page, 'What was tried'), 'Text');
});

test('several secrets, as for rotation: the one that fits is named', async (t) => {
  const page = await inspect(t, token(), 'the newer secret, which did not sign this one');
  await expectVerdict(page, 'Not valid');
  await page.getByRole('button', { name: 'Add a secret' }).click();
  await page.getByLabel('Secret 2', { exact: true }).fill(SECRET);
  await expectVerdict(page, 'Valid', 'Signed with secret 2');
  await page.getByRole('button', { name: 'Remove secret 2' }).click();
  await expectVerdict(page, 'Not valid');
});

test('the secret is masked until it is asked for, also where its bytes are explained', async (t) => {
  const page = await inspect(t, token(), SECRET);
  await expectVerdict(page, 'Valid');
  const field = secretField(page);
  const masked = () => field.evaluate((field) => getComputedStyle(field).webkitTextSecurity === 'disc');
  assert.ok(await masked());
  await page.getByRole('region', { name: 'How it is built' }).getByText('How it is built').click();
  assert.ok(!(await page.getByRole('main').innerText()).includes(SECRET), 'the secret is not written out');
  await page.getByRole('region', { name: 'What was given' }).getByRole('button', { name: 'Show' }).click();
  assert.ok(!(await masked()));
  await page.getByRole('region', { name: 'What was given' }).getByRole('button', { name: 'Hide' }).click();
  assert.ok(await masked());
});

test('the verdict follows as one types', async (t) => {
  const page = await inspect(t, '', undefined);
  const whole = token();
  await inspectBox(page).fill(whole.slice(0, -1));
  await secretField(page).fill(SECRET);
  await expectVerdict(page, 'Not valid');
  await inspectBox(page).press('End');
  await inspectBox(page).press('Control+End');
  await page.keyboard.type(whole.at(-1));
  await expectVerdict(page, 'Valid');
  await page.keyboard.type('x');
  await expectVerdict(page, 'Not valid');
  await page.keyboard.press('Backspace');
  await expectVerdict(page, 'Valid');
});

test('a part’s name leads to what it decodes to, and how the tag is built shows this value’s bytes', async (t) => {
  const whole = token();
  const page = await inspect(t, whole, SECRET);
  await expectVerdict(page, 'Valid');
  const parts = page.getByRole('list', { name: 'Parts of the value' });
  assert.equal(await parts.getByRole('button').count(), 3);
  for (const [name, says] of [['Header', 'HS256'], ['Payload', 'editor']]) {
    await parts.getByRole('button', { name }).click();
    await expectText(page.locator(':focus'), says);
  }
  await parts.getByRole('button', { name: 'Signature' }).click();
  const built = page.getByRole('region', { name: 'How it is built' });
  if (!(await built.getByText('HMAC').first().isVisible())) await built.getByText('How it is built').click();
  await expectText(built, whole.split('.')[2]);
});

test('the decoded payload is copied as it stood', async (t) => {
  const whole = token();
  const page = await inspect(t, whole);
  const text = await copied(page, section(page, 'Payload').getByRole('button', { name: 'Copy' }));
  assert.deepEqual(JSON.parse(text), part(whole, 1));
});

test('a file is opened, and one that is too large is refused', async (t) => {
  const page = await open(t, { at: 'inspect' });
  const choose = async (text) => {
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.getByRole('button', { name: 'Open', exact: true }).click(),
    ]);
    await chooser.setFiles({ name: 'token.txt', mimeType: 'text/plain', buffer: Buffer.from(text) });
  };
  await choose(`${token()}\n`);
  await expectVerdict(page, 'Not checked yet');
  await expectText(section(page, 'Payload'), '"sub": "anna"');
  await choose('a'.repeat(1024 * 1024 + 1));
  await page.getByText('token.txt is larger than the 1024 KiB that are read at once.').waitFor();
  await expectText(section(page, 'Payload'), '"sub": "anna"');
});

test('more than 1 MiB pasted is refused with a message', async (t) => {
  const page = await inspect(t, 'a'.repeat(1024 * 1024 + 1));
  await expectText(page.getByRole('main'), /1,048,576|1 MiB|1024 KiB/);
  await inspectBox(page).fill(token());
  await expectVerdict(page, 'Not checked yet');
});

test('Clear empties the box and the secrets; Undo brings both back', async (t) => {
  const whole = token();
  const page = await inspect(t, whole, SECRET);
  await expectVerdict(page, 'Valid');
  await page.getByRole('button', { name: 'Clear', exact: true }).click();
  assert.equal(await inspectBox(page).inputValue(), '');
  await page.getByRole('heading', { name: 'Or look at one of these' }).waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expectVerdict(page, 'Valid');
  assert.equal(await inspectBox(page).inputValue(), whole);
});

test('the three examples show what they promise', async (t) => {
  const page = await open(t, { at: 'inspect' });
  const example = async (name) => {
    if (await page.getByRole('button', { name: 'Clear', exact: true }).isVisible()) {
      await page.getByRole('button', { name: 'Clear', exact: true }).click();
    }
    await page.getByRole('button', { name }).click();
  };
  await example('An Express session cookie');
  await expectVerdict(page, 'Valid');
  await expectText(section(page, 'Remarks'), 'SameSite');
  await example('A JWT with a Base64 secret');
  await expectVerdict(page, 'Not valid', 'Valid if the secret is read as Base64.');
  await page.getByRole('button', { name: 'Read it as Base64' }).click();
  await expectVerdict(page, 'Valid');
  await example('A JWT that was changed');
  await expectVerdict(page, 'Not valid');
  await expectText(section(page, 'Payload'), '"role": "admin"');
});

test('what is no signed value is said, and may be read as a scheme all the same', async (t) => {
  const page = await inspect(t, 'only words', SECRET);
  await expectVerdict(page, 'Not a signed value');
  await pickScheme(page, 'Plain signed value', 'If it should be one, read it as');
  await expectVerdict(page, 'Not valid', 'dot');
});

test('edit and sign again takes payload, secret and scheme to Sign', async (t) => {
  const page = await inspect(t, token({ sub: 'anna', role: 'editor' }), SECRET);
  await expectVerdict(page, 'Valid');
  await page.getByRole('button', { name: 'Edit and sign again' }).click();
  await page.getByRole('main', { name: 'Sign' }).waitFor();
  const payload = page.getByRole('textbox', { name: 'Payload' });
  assert.deepEqual(JSON.parse(await payload.inputValue()), { sub: 'anna', role: 'editor' });
  assert.equal(await secretField(page).inputValue(), SECRET);
  await payload.fill('{"sub":"anna","role":"admin"}');
  await until(async () => middle(await shownValue(page)).includes('admin'), 'the value holds the new payload');
  const value = await copied(page, page.getByRole('button', { name: 'Copy value' }));
  await go(page, 'Inspect');
  await inspectBox(page).fill(value);
  await expectVerdict(page, 'Valid');
});

test('what was typed is still there after a look at the other panels', async (t) => {
  const whole = token();
  const page = await inspect(t, whole, SECRET);
  for (const panel of ['Guide', 'Sign', 'Generate', 'Inspect']) await go(page, panel);
  assert.equal(await inspectBox(page).inputValue(), whole);
  await expectVerdict(page, 'Valid');
});

test('a scheme that was chosen for one value is not kept for the next', async (t) => {
  const page = await inspect(t, 'only words', SECRET);
  await pickScheme(page, 'Plain signed value', 'If it should be one, read it as');
  await expectVerdict(page, 'Not valid');
  await inspectBox(page).press('Control+A');
  await inspectBox(page).press('Delete');
  await inspectBox(page).fill(token());
  await expectVerdict(page, 'Valid');
});
