// Fastify with @fastify/cookie. How it is asked: see serve.mjs.
import Fastify from "fastify";
import cookie from "@fastify/cookie";
import { serve } from "./serve.mjs";

serve(async (secret) => {
  const app = Fastify();
  app.register(cookie, { secret });
  app.post("/", async (request, reply) => {
    reply.setCookie("peer", request.body.value, { signed: true });
    return "";
  });
  app.get("/", async (request) => {
    const { valid, value } = request.unsignCookie(request.cookies.peer ?? "");
    return { value: valid ? value : null };
  });
  await app.ready();
  return app.routing;
});
