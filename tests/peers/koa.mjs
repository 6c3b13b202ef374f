// Koa's own signed cookies. How it is asked: see serve.mjs.
import { json } from "node:stream/consumers";
import Koa from "koa";
import { serve } from "./serve.mjs";

serve((keys) => {
  const app = new Koa();
  app.keys = keys;
  app.use(async (context) => {
    if (context.method === "POST") {
      const { value } = await json(context.req);
      context.cookies.set("peer", value, { signed: true });
      context.body = "";
    } else {
      context.body = { value: context.cookies.get("peer", { signed: true }) ?? null };
    }
  });
  return app.callback();
});
