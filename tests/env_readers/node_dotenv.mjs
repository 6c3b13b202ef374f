// Reads a JSON list of `.env` texts, and prints what each of three readers makes of each: npm dotenv, the faster parser
// that it has as an option, and Node's own (`--env-file` and `util.parseEnv` are one parser).
import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import dotenv from "dotenv";

const readers = {
  "npm dotenv": (text) => dotenv.parse(text),
  "npm dotenv, fast": (text) => dotenv.parse(text, { fast: true }),
  "Node": (text) => parseEnv(text),
};
const texts = JSON.parse(readFileSync(0, "utf8"));
const read = Object.entries(readers).map(([name, parse]) => [name, texts.map((text) => parse(text))]);
process.stdout.write(JSON.stringify(Object.fromEntries(read)));
