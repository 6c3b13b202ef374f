// Express with cookie-parser, and at /n/session with express-session. How it is asked: see serve.mjs.
import express from "express";
import cookieParser from "cookie-parser";
import session from "express-session";
import { serve } from "./serve.mjs";

serve((secrets) => {
  const app = express();
  app.use(cookieParser(secrets));
  app.use(express.json());
  app.post("/", (request, response) => {
    response.cookie("peer", request.body.value, { signed: true }).end();
  });
  app.get("/", (request, response) => {
    // An unsigned cookie is not there, a tampered one is false.
    const { peer = false } = request.signedCookies;
    response.json({ value: peer === false ? null : peer });
  });
  // Counts the visits of a session.
  const counted = session({ secret: secrets, resave: false, saveUninitialized: true });
  app.get("/session", counted, (request, response) => {
    request.session.visits = (request.session.visits ?? 0) + 1;
    response.json({ id: request.sessionID, visits: request.session.visits });
  });
  return app;
});
