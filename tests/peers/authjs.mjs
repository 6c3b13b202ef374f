// Auth.js 5 (@auth/core): its endpoint for the session, which also renews the cookie. How it is asked: see serve.mjs.
// Under /n/auth are Auth.js's own paths.
import { Auth } from "@auth/core";
import { encode } from "@auth/core/jwt";
import { serve, web } from "./serve.mjs";

const name = "authjs.session-token";

serve((secret) => {
  const config = {
    basePath: "/auth",
    callbacks: { session: ({ token }) => token },
    logger: { error() {} },
    providers: [],
    secret,
    trustHost: true,
  };
  const session = (headers) => Auth(new Request("http://localhost/auth/session", { headers }), config);
  return web(async (request) => {
    if (request.url.includes("/auth/")) return Auth(request, config);
    if (request.method === "GET") return Response.json({ value: await (await session(request.headers)).json() });
    const token = await encode({ token: (await request.json()).value, secret, salt: name });
    const renewed = await session({ Cookie: `${name}=${token}` });
    return new Response("", { headers: renewed.headers.getSetCookie().map((line) => ["Set-Cookie", line]) });
  });
});
