// Better Auth with an e-mail address and a password, under /n/compact and /n/jwe: the two ways to keep the session in a
// second cookie beside the signed token. Its own paths follow (/n/jwe/get-session). What /n is: see serve.mjs.
import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { serve, web } from "./serve.mjs";

const auth = (secret, strategy) =>
  betterAuth({
    baseURL: "http://localhost",
    basePath: `/${strategy}`,
    database: memoryAdapter({ account: [], session: [], user: [], verification: [] }),
    emailAndPassword: { enabled: true },
    logger: { disabled: true },
    secret,
    session: { cookieCache: { enabled: true, strategy } },
    telemetry: { enabled: false },
  });

serve(([secret]) => {
  const [compact, jwe] = ["compact", "jwe"].map((strategy) => auth(secret, strategy));
  return web((request) => (request.url.includes("/compact/") ? compact : jwe).handler(request));
});
