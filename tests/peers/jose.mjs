// JSON Web Tokens with npm jose. Reads a JSON list of jobs, writes a JSON list of results in the same order:
// {"sign": payload, "alg", "key"} → the token; {"verify": token, "alg", "key"} → the payload, or null if it is refused.
// Keys are Base64 of their bytes.
import { SignJWT, jwtVerify } from "jose";

async function run({ sign, verify, alg, key }) {
  const secret = Buffer.from(key, "base64");
  if (sign) return new SignJWT(sign).setProtectedHeader({ alg, typ: "JWT" }).sign(secret);
  return jwtVerify(verify, secret, { algorithms: [alg] }).then(({ payload }) => payload, () => null);
}

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
console.log(JSON.stringify(await Promise.all(JSON.parse(Buffer.concat(chunks)).map(run))));
