// JSON Web Tokens with npm jose. Reads a JSON list of jobs, writes a JSON list of results in the same order:
//
// {"generate": "RSA", "P-256", "Ed25519", "oct-32" …} → {"jwk", "private", "public"}: a new key as a JWK, and as PEM
// {"sign": payload, "alg", "key"} → the token
// {"verify": token, "alg", "key"} → the payload, or null if it is refused
// {"encrypt": payload, "alg", "enc", "key"} → the token
// {"decrypt": token, "alg", "enc", "key"} → the payload, or null if it is refused
//
// Keys are JWKs; to verify and to encrypt, public ones. An "error" is what the library does not know.
import {
  EncryptJWT, SignJWT, exportJWK, exportPKCS8, exportSPKI, generateKeyPair, generateSecret, importJWK, jwtDecrypt,
  jwtVerify,
} from "jose";

async function run(job) {
  const { alg, enc } = job;
  if (job.generate) return generate(job.generate);
  const key = await importJWK({ ...job.key, alg: alg === "dir" ? enc : alg });
  const header = { alg, enc, typ: "JWT" };
  if (job.sign) return new SignJWT(job.sign).setProtectedHeader(header).sign(key);
  if (job.encrypt) return new EncryptJWT(job.encrypt).setProtectedHeader(header).encrypt(key);
  const read = job.verify
    ? jwtVerify(job.verify, key, { algorithms: [alg] })
    : jwtDecrypt(job.decrypt, key, {
        keyManagementAlgorithms: [alg], contentEncryptionAlgorithms: [enc], maxPBES2Count: 1_000_000,
      });
  return read.then(({ payload }) => payload, () => null);
}

const ALGS = { RSA: "RS256", "P-256": "ES256", "P-384": "ES384", "P-521": "ES512", Ed25519: "EdDSA", X25519: "ECDH-ES" };
const SECRETS = { "oct-16": "A128GCM", "oct-24": "A192GCM", "oct-32": "A256GCM", "oct-48": "A192CBC-HS384", "oct-64": "HS512" };

async function generate(name) {
  if (name in SECRETS) return { jwk: await exportJWK(await generateSecret(SECRETS[name], { extractable: true })) };
  const { publicKey, privateKey } = await generateKeyPair(ALGS[name], { crv: name, extractable: true });
  const [jwk, ...pem] = await Promise.all([exportJWK(privateKey), exportPKCS8(privateKey), exportSPKI(publicKey)]);
  return { jwk, private: pem[0], public: pem[1] };
}

const jobs = JSON.parse(Buffer.concat(await process.stdin.toArray()));
const results = await Promise.all(jobs.map((job) => run(job).catch((error) => ({ error: String(error) }))));
process.stdout.write(JSON.stringify(results), () => process.exit());
