// Sessions of h3 1, with one password. How it is asked: see serve.mjs.
import { createApp, createRouter, defineEventHandler, readBody, toNodeListener, useSession } from "h3-v1";
import { serve } from "./serve.mjs";

serve(([password]) => {
  const router = createRouter();
  router.post("/", defineEventHandler(async (event) => {
    const session = await useSession(event, { password });
    await session.update((await readBody(event)).value);
    return "";
  }));
  router.get("/", defineEventHandler(async (event) => {
    const { data } = await useSession(event, { password });
    return { value: Object.keys(data).length ? data : null };
  }));
  return toNodeListener(createApp().use(router));
});
