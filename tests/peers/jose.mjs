// JSON Web Tokens with npm jose. Reads a JSON list of jobs, writes a JSON list of results in the same order:
//
// {"generate": alg, "crv"} → {"jwk", "private", "public"}: a new key pair or shared key as a JWK, and a pair as PEM
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
  const { alg, enc, crv } = job;
  if (job.generate) return generate(job.generate, crv);
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

async function generate(alg, crv) {
  if (/^(HS|A\d|dir$)/.test(alg)) return { jwk: await exportJWK(await generateSecret(alg, { extractable: true })) };
  const { publicKey, privateKey } = await generateKeyPair(alg, { crv, extractable: true });
  const [jwk, ...pem] = await Promise.all([exportJWK(privateKey), exportPKCS8(privateKey), exportSPKI(publicKey)]);
  return { jwk, private: pem[0], public: pem[1] };
}

const jobs = JSON.parse(Buffer.concat(await process.stdin.toArray()));
const results = await Promise.all(jobs.map((job) => run(job).catch((error) => ({ error: String(error) }))));
process.stdout.write(JSON.stringify(results), () => process.exit());
