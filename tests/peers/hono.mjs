// Hono with its cookie helper, which takes one secret. How it is asked: see serve.mjs.
import { Hono } from "hono";
import { getSignedCookie, setSignedCookie } from "hono/cookie";
import { serve, web } from "./serve.mjs";

serve(([secret]) => {
  const app = new Hono();
  app.post("/", async (context) => {
    const { value } = await context.req.json();
    await setSignedCookie(context, "peer", value, secret);
    return context.text("");
  });
  app.get("/", async (context) => {
    // A cookie without a signature is undefined, a tampered one is false.
    const value = await getSignedCookie(context, secret, "peer");
    return context.json({ value: value === false ? null : (value ?? null) });
  });
  return web((request) => app.fetch(request));
});
