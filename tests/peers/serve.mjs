// What the peers that are servers have in common. `PEER_SECRETS` is a JSON list of lists of secrets; an app made for the
// n-th list serves the paths under /n:
//
//   POST /n  {"value": …}   the framework sets its cookie to the value
//   GET  /n                 answers {"value": …}, what the framework reads in the cookie; null if it takes it for none
//
// The server prints its port, and ends when its standard input does.
import { createServer } from "node:http";

// `appOf(secrets)` gives Node's (request, response) => …, or a promise of it.
export async function serve(appOf) {
  const apps = await Promise.all(JSON.parse(process.env.PEER_SECRETS).map((secrets) => appOf(secrets)));
  const server = createServer((request, response) => {
    const [, index, path] = request.url.match(/^\/(\d+)\/?(.*)$/);
    request.url = `/${path}`;
    apps[index](request, response);
  });
  server.listen(0, "127.0.0.1", () => console.log(server.address().port));
  process.stdin.resume().on("end", () => process.exit());
}

// The same for a framework that answers a web Request with a Response.
export const web = (handle) => async (request, response) => {
  const chunks = await request.toArray();
  const body = chunks.length ? Buffer.concat(chunks) : undefined;
  const { method, headers, url } = request;
  const answer = await handle(new Request(`http://localhost${url}`, { method, headers, body }));
  response.writeHead(answer.status, [...answer.headers].flat()).end(await answer.text());
};
