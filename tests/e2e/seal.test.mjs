// The seal: once it is on, the browser refuses whatever the page or its worker asks of any server.
import assert from 'node:assert/strict';
import test from 'node:test';
import { elsewhere, home, open, sealed, until } from './harness.mjs';
import { useEverything } from './round.mjs';

/**
 * Tries every way to a server that a page has, at addresses below `base`, and says what became of each. It is run in
 * browsers, so it uses nothing from outside.
 */
async function tryFromPage(base) {
  const at = (name) => `${base}probe/${name}`;
  const event = (target, ...names) =>
    Promise.race([
      ...names.map((name) => new Promise((resolve) => target.addEventListener(name, () => resolve(name), { once: true }))),
      new Promise((resolve) => setTimeout(() => resolve('nothing'), 1500)),
    ]);
  const element = (tag, attributes, parent = document.body) => {
    const made = Object.assign(document.createElement(tag), attributes);
    const heard = event(made, 'load', 'error');
    parent.append(made);
    return heard.then((name) => (made.remove(), name));
  };
  const attempts = {
    fetch: () => fetch(at('fetch'), { mode: 'no-cors' }).then(() => 'answered'),
    xhr: () => {
      const request = new XMLHttpRequest();
      request.open('GET', at('xhr'));
      const heard = event(request, 'load', 'error');
      request.send();
      return heard;
    },
    beacon: () => String(navigator.sendBeacon(at('beacon'), 'x')),
    image: () => element('img', { src: at('image') }),
    websocket: () => event(new WebSocket(at('websocket').replace('http', 'ws')), 'open', 'error'),
    eventsource: () => {
      const source = new EventSource(at('eventsource'));
      return event(source, 'open', 'error').then((name) => (source.close(), name));
    },
    import: () => import(at('import')).then(() => 'answered'),
    script: () => element('script', { src: at('script') }),
    style: () => element('link', { rel: 'stylesheet', href: at('style') }, document.head),
    frame: () => element('iframe', { src: at('frame') }),
    form: () => {
      const frame = Object.assign(document.createElement('iframe'), { name: 'probe' });
      const form = Object.assign(document.createElement('form'), { method: 'post', action: at('form'), target: 'probe' });
      document.body.append(frame, form);
      form.submit();
      return new Promise((resolve) => setTimeout(resolve, 300)).then(() => (frame.remove(), form.remove(), 'submitted'));
    },
  };
  const outcomes = {};
  for (const [name, attempt] of Object.entries(attempts)) {
    try {
      outcomes[name] = await attempt();
    } catch (error) {
      outcomes[name] = `refused: ${error.name}`;
    }
  }
  return outcomes;
}

/** The same for a worker. */
async function tryFromWorker(base) {
  const at = (name) => `${base}probe/worker-${name}`;
  const outcomes = {};
  const attempt = async (name, run) => {
    try {
      outcomes[name] = await run();
    } catch (error) {
      outcomes[name] = `refused: ${error.name}`;
    }
  };
  await attempt('fetch', () => fetch(at('fetch'), { mode: 'no-cors' }).then(() => 'answered'));
  await attempt('importScripts', () => (importScripts(at('importScripts')), 'answered'));
  await attempt('websocket', () => {
    const socket = new WebSocket(at('websocket').replace('http', 'ws'));
    return new Promise((resolve) => {
      socket.onopen = () => resolve('open');
      socket.onerror = () => resolve('error');
    });
  });
  return outcomes;
}

const PAGE = ['fetch', 'xhr', 'beacon', 'image', 'websocket', 'eventsource', 'import', 'script', 'style', 'frame', 'form'];
const WORKER = ['worker-fetch', 'worker-importScripts', 'worker-websocket'];

/** The names of the attempts that reached a server since its first `before` requests. */
const reached = (server, before) =>
  new Set(server.requests.slice(before).map((line) => line.match(/\/probe\/(\S+)/)?.[1]).filter(Boolean));

/** What was tried and did not come to `server`. */
const missing = (server, before, names) => names.filter((name) => !reached(server, before).has(name));

test('without a seal the same attempts reach both servers: the probes work', async (t) => {
  const page = await open(t, { address: elsewhere.address, ready: false });
  const before = [home.requests.length, elsewhere.requests.length];
  for (const base of [home.address, elsewhere.address]) await page.evaluate(tryFromPage, base);
  // The page that has no policy starts a worker that has none either.
  const [worker] = await Promise.all([
    page.waitForEvent('worker'),
    page.evaluate(() => void new Worker(URL.createObjectURL(new Blob(['']), { type: 'text/javascript' }))),
  ]);
  for (const base of [home.address, elsewhere.address]) await worker.evaluate(tryFromWorker, base);
  for (const [index, server] of [home, elsewhere].entries()) {
    const names = [...PAGE, ...WORKER];
    await until(() => missing(server, before[index], names).length === 0, `all of ${names} reach the server`).catch(() => {
      assert.deepEqual(missing(server, before[index], names), [], `what did not reach ${server.address}`);
    });
  }
});

test('before it is sealed the page may ask its own host, and says that it is not sealed yet', async (t) => {
  let release;
  const held = new Promise((resolve) => (release = resolve));
  const page = await open(t, {
    ready: false,
    prepare: (page) => page.route('**/engine-*.wasm', (route) => held.then(() => route.continue())),
  });
  await page.getByRole('button', { name: 'Sealing…' }).waitFor();
  const before = home.requests.length;
  assert.equal(await page.evaluate((at) => fetch(at).then(() => 'answered'), `${home.address}probe/early`), 'answered');
  assert.ok(reached(home, before).has('early'));
  release();
  await sealed(page);
});

test('in the sealed page every way to a server is refused, its own host included', async (t) => {
  const page = await open(t);
  const before = [home.requests.length, elsewhere.requests.length];
  const asked = [];
  page.context().on('request', (request) => asked.push(request.url()));
  for (const base of [home.address, elsewhere.address]) {
    const outcomes = await page.evaluate(tryFromPage, base);
    assert.deepEqual(Object.keys(outcomes), PAGE);
    for (const name of ['fetch', 'import']) assert.match(outcomes[name], /^refused/, name);
    for (const name of ['xhr', 'image', 'websocket', 'eventsource', 'script', 'style']) {
      assert.match(outcomes[name], /^(error|refused)/, name);
    }
  }
  await page.waitForTimeout(500);
  assert.deepEqual([...reached(home, before[0]), ...reached(elsewhere, before[1])], []);
  assert.ok(page.console.some((line) => /Content Security Policy/.test(line)), 'the browser names the policy');
});

test('in its worker too', async (t) => {
  const page = await open(t);
  const [worker] = page.workers();
  assert.ok(worker, 'the engine runs in a worker');
  assert.match(worker.url(), /^blob:/);
  const before = [home.requests.length, elsewhere.requests.length];
  for (const base of [home.address, elsewhere.address]) {
    const outcomes = await worker.evaluate(tryFromWorker, base);
    assert.match(outcomes.fetch, /^refused/);
    assert.match(outcomes.importScripts, /^refused/);
    assert.match(outcomes.websocket, /^(error|refused)/);
  }
  await page.waitForTimeout(500);
  assert.deepEqual([...reached(home, before[0]), ...reached(elsewhere, before[1])], []);
});

test('the seal cannot be taken off again', async (t) => {
  const page = await open(t);
  const refused = await page.evaluate(async (at) => {
    for (const meta of document.querySelectorAll('meta[http-equiv]')) meta.remove();
    return fetch(at).then(
      () => false,
      () => true,
    );
  }, home.address);
  assert.ok(refused);
});

test('a full round of use asks nothing of anyone', async (t) => {
  const page = await open(t);
  const before = [home.requests.length, elsewhere.requests.length];
  const asked = [];
  // Addresses in memory (the downloaded file, a worker's program) are no requests to anyone.
  page.context().on('request', (request) => /^(blob|data):/.test(request.url()) || asked.push(request.url()));
  await useEverything(page, 'a secret of more than thirty-two bytes, for a round');
  await page.waitForTimeout(500);
  assert.deepEqual(asked, []);
  assert.deepEqual(home.requests.slice(before[0]), []);
  assert.deepEqual(elsewhere.requests.slice(before[1]), []);
});

test('with the network off, everything goes on', async (t) => {
  const page = await open(t);
  await page.context().setOffline(true);
  await useEverything(page, 'a secret of more than thirty-two bytes, for a round');
});

test('the page carries the policy also without the host’s headers', async (t) => {
  const page = await open(t, {
    prepare: (page) =>
      page.route('**/*', async (route) => {
        const response = await route.fetch();
        const headers = Object.fromEntries(Object.entries(response.headers()).filter(([name]) => !/policy/.test(name)));
        await route.fulfill({ response, headers });
      }),
  });
  const before = elsewhere.requests.length;
  await page.evaluate(tryFromPage, elsewhere.address);
  assert.deepEqual([...reached(elsewhere, before)], []);
});

test('the host’s headers are those that _headers asks for', async (t) => {
  const response = await fetch(home.address);
  const policy = response.headers.get('content-security-policy');
  assert.match(policy, /default-src 'none'/);
  assert.doesNotMatch(policy, /unsafe-inline|'unsafe-eval'/);
  for (const name of ['x-content-type-options', 'referrer-policy', 'permissions-policy']) {
    assert.ok(response.headers.get(name), name);
  }
});
