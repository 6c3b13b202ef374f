// Sessions of h3 2, with one password. How it is asked: see serve.mjs.
import { H3, useSession } from "h3";
import { serve, web } from "./serve.mjs";

serve(([password]) => {
  const app = new H3();
  app.post("/", async (event) => {
    const session = await useSession(event, { password });
    await session.update((await event.req.json()).value);
    return "";
  });
  app.get("/", async (event) => {
    const { data } = await useSession(event, { password });
    return { value: Object.keys(data).length ? data : null };
  });
  return web((request) => app.fetch(request));
});
