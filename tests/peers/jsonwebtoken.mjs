// JSON Web Tokens with npm jsonwebtoken. The jobs and results of jose.mjs, without encryption.
import { createPrivateKey, createPublicKey, createSecretKey, generateKeyPairSync, randomBytes } from "node:crypto";
import jwt from "jsonwebtoken";

function run({ generate, sign, verify, alg, key }) {
  if (generate) return { jwk: generated(generate) };
  if (sign) return jwt.sign(sign, read(key, createPrivateKey), { algorithm: alg, noTimestamp: true });
  try {
    return jwt.verify(verify, read(key, createPublicKey), { algorithms: [alg] });
  } catch (error) {
    // It lets the errors of JSON out.
    if (error instanceof jwt.JsonWebTokenError || error instanceof SyntaxError) return null;
    throw error;
  }
}

function read(key, create) {
  return key.kty === "oct" ? createSecretKey(key.k, "base64url") : create({ key, format: "jwk" });
}

function generated(name) {
  if (name.startsWith("oct-")) return { kty: "oct", k: randomBytes(Number(name.slice(4))).toString("base64url") };
  const pair = name === "RSA" ? generateKeyPairSync("rsa", { modulusLength: 2048 }) : generateKeyPairSync("ec", { namedCurve: name });
  return pair.privateKey.export({ format: "jwk" });
}

const jobs = JSON.parse(Buffer.concat(await process.stdin.toArray()));
const results = jobs.map((job) => {
  try {
    return run(job);
  } catch (error) {
    return { error: String(error) };
  }
});
process.stdout.write(JSON.stringify(results), () => process.exit());
