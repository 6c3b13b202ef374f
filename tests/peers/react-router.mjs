// React Router's createCookie. How it is asked: see serve.mjs.
import { createCookie } from "react-router";
import { serve, web } from "./serve.mjs";

serve((secrets) => {
  const cookie = createCookie("peer", { secrets });
  return web(async (request) => {
    if (request.method === "GET") return Response.json({ value: await cookie.parse(request.headers.get("Cookie")) });
    const { value } = await request.json();
    return new Response("", { headers: { "Set-Cookie": await cookie.serialize(value) } });
  });
});
