// iron-session; the newest password of several has the largest number. How it is asked: see serve.mjs.
import { getIronSession } from "iron-session";
import { serve, web } from "./serve.mjs";

serve((secrets) => {
  const numbered = secrets.map((secret, index) => [secrets.length - index, secret]);
  const password = secrets.length > 1 ? Object.fromEntries(numbered) : secrets[0];
  return web(async (request) => {
    const response = new Response("");
    // It throws at what is no seal at all.
    const session = await getIronSession(request, response, { password, cookieName: "peer" }).catch(() => ({}));
    if (request.method === "GET") return Response.json({ value: Object.keys(session).length ? session : null });
    Object.assign(session, (await request.json()).value);
    await session.save();
    return response;
  });
});
