// Runs `docker create --env-file FILE` against a daemon that only writes down what it is asked for, and prints the
// environment that the container would get, as a JSON list. The client reads the file, so no real daemon is needed.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [file] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "keyjar-docker-"));
const socket = join(folder, "docker.sock");
let environment = null;

const daemon = createServer((request, response) => {
  let body = "";
  request.on("data", (piece) => (body += piece));
  request.on("end", () => {
    response.setHeader("Api-Version", "1.41");
    if (request.method === "POST" && request.url.includes("/containers/create")) {
      environment = JSON.parse(body).Env;
      response.writeHead(201, { "Content-Type": "application/json" }).end('{"Id":"0","Warnings":[]}');
    } else {
      response.end("OK");
    }
  });
});

daemon.listen(socket, () => {
  const client = spawn("docker", ["--host", `unix://${socket}`, "create", "--env-file", file, "none"], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  client.on("close", (code) => {
    daemon.close();
    daemon.closeAllConnections();
    rmSync(folder, { recursive: true });
    if (environment === null) process.exit(code || 1);
    process.stdout.write(JSON.stringify(environment));
  });
});
