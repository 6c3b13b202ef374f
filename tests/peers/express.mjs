// A real Express server with cookie-parser and express-session. `PEER_SECRETS` is a JSON list of lists of secrets; the
// n-th list serves the paths under /n. Prints its port, and ends when its standard input does.
import express from "express";
import cookieParser from "cookie-parser";
import session from "express-session";

function routes(secrets) {
  const router = express.Router();
  router.use(cookieParser(secrets));
  router.use(express.json());
  // Sets a signed cookie of the value in the body.
  router.post("/cookie", (request, response) => {
    response.cookie("peer", request.body.value, { signed: true }).end();
  });
  // Tells what the signed cookies say; an unsigned or tampered one is not there or false.
  router.get("/cookie", (request, response) => {
    response.json(request.signedCookies);
  });
  // Counts the visits of a session.
  const counted = session({ secret: secrets, resave: false, saveUninitialized: true });
  router.get("/session", counted, (request, response) => {
    request.session.visits = (request.session.visits ?? 0) + 1;
    response.json({ id: request.sessionID, visits: request.session.visits });
  });
  return router;
}

const app = express();
JSON.parse(process.env.PEER_SECRETS).forEach((secrets, index) => app.use(`/${index}`, routes(secrets)));
const server = app.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.resume().on("end", () => process.exit());
