// cookie-session in Express. How it is asked: see serve.mjs.
import express from "express";
import cookieSession from "cookie-session";
import { serve } from "./serve.mjs";

serve((keys) => {
  const app = express();
  app.use(cookieSession({ keys }));
  app.use(express.json());
  app.post("/", (request, response) => {
    request.session = request.body.value;
    response.end();
  });
  app.get("/", (request, response) => {
    response.json({ value: request.session.isNew ? null : request.session });
  });
  return app;
});
