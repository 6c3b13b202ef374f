// Starts Keyjar, in this order:
//
// 1. The page's and the engine's files are fetched side by side, each against its digest in index.html: a file that
//    differs by a byte is refused.
// 2. The page starts as soon as its own two files are there. Until then the start screen has a key already.
// 3. When the engine's two files are there too, and the document has loaded, the page is sealed: a second policy is
//    added that allows no connection of any kind. Policies only ever add up, so nothing can take it away again.
// 4. Only then a worker may start, from memory: a blob: worker inherits the policies its maker has at that moment.
//
// The page reads `globalThis.keyjar` and hears of each change of `state` by the window's event `keyjar:state`.

const SEAL = [
  "default-src 'none'",
  "script-src 'wasm-unsafe-eval'", // names no source, so it loads nothing; Firefox needs it to hand a module to a worker
  "style-src 'none'", // the page's own sheet is loaded and stays; another would be a request that can carry data
  'img-src data:',
  'worker-src blob:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

// What the worker runs after the glue, which defines `wasm_bindgen`. Its first message is the compiled module. Starting
// it is synchronous, so that later messages wait in the worker's own queue, and a panic is an `error` event.
const WORKER_TAIL = `
onmessage = ({ data: module }) => {
  wasm_bindgen.initSync({ module });
  onmessage = ({ data }) => postMessage(wasm_bindgen.answer(data));
};`;

/** The compiled module and the worker's program, kept in memory so that the engine can be started again. */
let engine = null;

globalThis.keyjar = {
  /** 'loading'; then 'sealed', or 'failed': some part could not be loaded, and `message` says which and what to try. */
  state: 'loading',
  message: '',
  /** The bytes of the key that the start screen shows; the page takes them over and deletes them here. */
  firstKey: null,
  /** A new worker that answers each message with one: bytes (a Uint8Array), as src/protocol/mod.rs writes them. */
  startEngine() {
    if (!engine) throw new Error(keyjar.message || 'The engine is not loaded yet.');
    const worker = new Worker(engine.program);
    worker.postMessage(engine.module);
    return worker;
  },
};

offerKey();
await start();

async function start() {
  const loaded = new Promise((resolve) => {
    if (document.readyState === 'complete') resolve();
    else addEventListener('load', resolve, { once: true });
  });
  const engineParts = loadEngine().catch((error) => error);
  try {
    await startPage();
  } catch (error) {
    const message = explain('The page', error);
    showFailure(message);
    changeState('failed', message);
    return;
  }
  const [parts] = await Promise.all([engineParts, loaded]);
  seal();
  if (parts instanceof Error) {
    changeState('failed', explain('The engine', parts));
  } else {
    engine = parts;
    changeState('sealed', '');
  }
}

/** Shows a key of 32 bytes, in hex, where the page will show it, if Generate is what was asked for. */
function offerKey() {
  if (!['', '#generate'].includes(location.hash)) return;
  try {
    keyjar.firstKey = crypto.getRandomValues(new Uint8Array(32));
  } catch {
    return; // the page says what is wrong
  }
  const hex = Array.from(keyjar.firstKey, (byte) => byte.toString(16).padStart(2, '0')).join('');
  const place = document.getElementById('start-key');
  const [shown, button] = [place.querySelector('output'), place.querySelector('button')];
  for (const group of hex.match(/.{8}/g)) {
    shown.append(Object.assign(document.createElement('span'), { className: 'group', textContent: group }), document.createElement('wbr'));
  }
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(hex);
      button.textContent = 'Copied';
    } catch {
      getSelection().selectAllChildren(shown);
      button.textContent = 'Selected: press Ctrl C or ⌘ C';
    }
  });
  place.hidden = false;
  document.getElementById('start').classList.add('has-key');
}

async function startPage() {
  const glue = document.querySelector('link[rel="modulepreload"]');
  const wasm = document.querySelector('link[rel="preload"][as="fetch"]');
  const [module, page] = await Promise.all([compile(wasm.href, wasm.integrity), importModule(glue)]);
  await page.default({ module_or_path: module });
  document.getElementById('start').remove();
}

async function loadEngine() {
  const [module, glue] = await Promise.all([
    compile(...named('keyjar-engine-wasm'), 'low'),
    load(...named('keyjar-engine-glue'), 'low').then((response) => response.text()),
  ]);
  const program = URL.createObjectURL(new Blob([glue, WORKER_TAIL], { type: 'text/javascript' }));
  return { module, program };
}

/** The address and the digest that scripts/name-engine.mjs wrote into index.html. */
function named(name) {
  return document.querySelector(`meta[name="${name}"]`).content.split(' ');
}

/** The file at that address; another one than the digest says is refused by the browser, as if it had not come. */
async function load(address, integrity, priority = 'auto') {
  const options = { integrity, priority, credentials: 'same-origin' };
  return fetch(address, options).catch(() => notLoaded(address));
}

async function compile(...file) {
  if (typeof WebAssembly !== 'object') {
    throw new Error('WebAssembly is missing or switched off here. Allow it for this page, or use another browser.');
  }
  return WebAssembly.compileStreaming(load(...file));
}

/** `import()` alone asks for no digest; an element does, and what it loaded is what the same address then imports. */
async function importModule({ href, integrity }) {
  await new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement('script'), { type: 'module', src: href, integrity });
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  }).catch(() => notLoaded(href));
  return import(href);
}

function notLoaded(address) {
  const name = address.split('/').at(-1);
  throw new Error(
    `${name} did not arrive, or is not the file that was published. Reload the page; if that does not help, ` +
      "reload it without the browser's cache.",
  );
}

function seal() {
  const meta = document.createElement('meta');
  meta.httpEquiv = 'Content-Security-Policy';
  meta.content = SEAL;
  document.head.append(meta);
}

function changeState(state, message) {
  Object.assign(keyjar, { state, message });
  dispatchEvent(new CustomEvent('keyjar:state'));
}

/** What went wrong and what to try, for people. */
function explain(part, error) {
  const advice = globalThis.WebAssembly && error instanceof WebAssembly.CompileError ? ' Keyjar needs Chrome 123, Firefox 125 or Safari 17.5, or newer.' : '';
  return `${part} cannot start: ${error.message}${advice}`;
}

function showFailure(message) {
  const heading = document.createElement('h1');
  heading.textContent = 'Keyjar cannot start';
  const text = document.createElement('p');
  text.textContent = message;
  const place = document.getElementById('start');
  place.className = 'start is-failed';
  place.setAttribute('role', 'alert');
  place.replaceChildren(heading, text);
}
