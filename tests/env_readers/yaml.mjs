// Reads YAML, and prints what npm yaml makes of it as JSON.
import { readFileSync } from "node:fs";
import { parse } from "yaml";

process.stdout.write(JSON.stringify(parse(readFileSync(0, "utf8"))));
