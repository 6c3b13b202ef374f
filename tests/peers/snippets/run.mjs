// Runs snippets in JavaScript: each sets its cookie, and reads that of Keyjar. See ../snippets.rs.
import { createServer } from "node:http";
import { writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

function failure(error) {
  const missing = error.code?.endsWith("MODULE_NOT_FOUND") && /'((@[^/']+\/)?[^/'.]+)/.exec(error.message);
  return missing ? { missing: missing[1] } : { error: error.stack ?? String(error) };
}

async function run({ scheme, code, folder, env, cookie }, index) {
  Object.assign(process.env, env, { BASE_URL: "http://localhost", CLIENT_ID: "a", ISSUER_BASE_URL: "https://localhost" });
  const jar = new Jar(cookie);
  globalThis.nextCookies = async () => jar;
  globalThis.request = { headers: new Headers({ cookie }) };
  const isCommon = code.includes("require(");
  const file = `${folder}/${index}.${isCommon ? "cjs" : "mjs"}`;
  await writeFile(file, moduleOf(scheme, code));
  const it = await import(pathToFileURL(file));
  if (it.fragment) {
    return { before: await it.fragment(jar.request, jar.response), set: jar.lines };
  }
  if (it.session) {
    return { before: it.session, set: null };
  }
  const result = await answer(scheme, it, jar, cookie);
  // Some set nothing where nothing changes.
  return result.set.length ? result : { ...result, set: (await answer(scheme, it, new Jar(""), "")).set };
}

// What a fragment leaves what it read in.
const READ = {
  "authjs-jwe": "claims", "branca": "payload", "iron-seal": "value", "iron-session": "before", "jwe": "payload",
  "jws": "payload", "paseto": "payload", "signed-value": "text",
};
const NEXT = 'const cookies = globalThis.nextCookies';

// The snippet as a module that exports what can be asked.
function moduleOf(scheme, code) {
  code = code.replace('import { cookies } from "next/headers"', NEXT);
  // That of Auth.js 5, of which only the part is installed that is meant here.
  if (scheme === "authjs-jwe") code = code.replace("next-auth/jwt", "@auth/core/jwt");
  if (scheme === "h3-session") code = code.replace('from "h3"', 'from "h3-v1"');
  if (scheme === "elysia-cookie") code = code.replace("new Elysia", "export const app = new Elysia").replace(/\.listen\(.*\)/, "");
  if (scheme === "express-openid-connect") return `${code.replace("auth({", "auth({ authRequired: false,")}\nmodule.exports = { app }`;
  if (scheme.startsWith("better-auth-")) return code.replace("const session =", "export const session =");
  if (scheme in READ) {
    const imports = code.match(/^import .*$/gm).join("\n");
    return `${imports}\nexport async function fragment(req, res) {\n${code.replace(/^import .*$/gm, "")}\nreturn ${READ[scheme]}\n}`;
  }
  if (/^const (app|server) =/m.test(code)) return `${code}\nexport { ${/^const app =/m.test(code) ? "app" : "server"} }`;
  return code;
}

async function answer(scheme, { app, server, auth, loader, default: handler }, jar, cookie) {
  const url = `http://localhost${auth ? "/api/auth/example" : "/"}`;
  const request = new Request(url, { headers: { cookie } });
  const inject = { method: "GET", url: "/", headers: { cookie } };
  if (loader) {
    const { data, init } = await loader({ request });
    return { before: data.before, set: new Headers(init.headers).getSetCookie() };
  }
  if (scheme === "nextauth-jwe") {
    await handler(jar.request, jar.response);
    return { before: jar.body.claims, set: jar.lines };
  }
  if (scheme === "h3-session") {
    const { createApp, toNodeListener } = await import("h3-v1");
    return await listening(toNodeListener(createApp().use(handler)), cookie);
  }
  if (scheme === "h3-session-v2") {
    const { H3 } = await import("h3");
    return await web(await new H3().get("/", handler).fetch(request));
  }
  if (auth) return await web(await auth.handler(request));
  if (server) return injected(await server.inject(inject));
  if (app.inject) return injected(await app.inject(inject));
  if (app.fetch) return await web(await app.fetch(request));
  return await listening(app.callback?.() ?? app, cookie);
}

async function listening(handle, cookie) {
  const server = createServer(handle).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const response = await fetch(`http://127.0.0.1:${server.address().port}/`, { headers: { cookie } });
  server.close();
  return await web(response);
}

async function web(response) {
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status}: ${text}`);
  return { before: before(JSON.parse(text)), set: response.headers.getSetCookie() };
}

function injected({ statusCode, payload, headers }) {
  if (statusCode !== 200) throw new Error(`${statusCode}: ${payload}`);
  return { before: before(JSON.parse(payload)), set: [headers["set-cookie"] ?? []].flat() };
}

const before = (body) => body.before ?? body.value ?? body;

// The cookies of a request, and those that are set, for fragments that are given them.
class Jar {
  lines = [];

  constructor(header) {
    const pairs = header.split("; ").filter(Boolean).map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]);
    const cookies = Object.fromEntries(pairs.map(([name, value]) => [name, decodeURIComponent(value)]));
    this.request = { cookies, headers: { cookie: header } };
    this.response = {
      cookie: (name, value) => this.set(name, encodeURIComponent(value)),
      setHeader: (_name, line) => this.lines.push(line),
      json: (body) => (this.body = body),
    };
  }

  get = (name) => (name in this.request.cookies ? { name, value: this.request.cookies[name] } : undefined);

  set = (name, value) => this.lines.push(`${name.name ?? name}=${name.value ?? value}`);
}

const jobs = JSON.parse(Buffer.concat(await process.stdin.toArray()).toString());
const results = [];
for (const [index, job] of jobs.entries()) {
  results.push(await run(job, index).catch(failure));
}
process.stdout.write(JSON.stringify(results), () => process.exit());
