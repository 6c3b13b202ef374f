// Runs code that verifies a token, in JavaScript: {code, env, folder, tokens} → for each token the claims, or null if it
// is refused. See ../code.rs.
import { writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

async function run({ code, env, folder, tokens }, index) {
  Object.assign(process.env, env);
  const imports = code.match(/^import .*$/gm).join("\n");
  const body = code.replace(/^import .*$/gm, "");
  const result = code.includes("const signed") ? "signed" : "payload";
  const file = `${folder}/${index}.mjs`;
  await writeFile(file, `${imports}\nexport async function verify(token) {\n${body}\nreturn ${result}\n}\n`);
  const { verify } = await import(pathToFileURL(file));
  const results = [];
  for (const token of tokens) results.push(await verify(token).catch(refusal));
  return results;
}

// An error of another kind is one of the code.
function refusal(error) {
  if (!error.code?.startsWith("ERR_J")) throw error;
  return null;
}

const jobs = JSON.parse(Buffer.concat(await process.stdin.toArray()));
const results = [];
for (const [index, job] of jobs.entries()) {
  results.push(await run(job, index).catch((error) => ({ error: error.stack ?? String(error) })));
}
process.stdout.write(JSON.stringify(results), () => process.exit());
