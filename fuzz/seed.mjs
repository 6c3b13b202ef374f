// Fills fuzz/corpus/seeds with what the vectors hold: whole values, `Set-Cookie` lines, payloads, and the pieces of values
// with their Base64 and their compression taken off. Every target begins with all of them.
import { createHash } from "node:crypto"
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { inflateSync } from "node:zlib"

const vectors = new URL("../tests/vectors/", import.meta.url)
const seeds = new URL("corpus/seeds/", import.meta.url)
mkdirSync(seeds, { recursive: true })

const seed = (bytes) => writeFileSync(new URL(createHash("sha1").update(bytes).digest("hex"), seeds), bytes)

function inflated(bytes) {
  try {
    return inflateSync(bytes)
  } catch {
    return bytes
  }
}

for (const name of readdirSync(vectors).filter((name) => name.endsWith(".json"))) {
  for (const { cookie_value, set_cookie, payload, payload_form } of JSON.parse(readFileSync(new URL(name, vectors))).cases) {
    seed(cookie_value)
    if (set_cookie) seed(`Set-Cookie: ${set_cookie}`)
    if (payload_form === "hex") seed(Buffer.from(payload, "hex"))
    else if (payload) seed(typeof payload === "string" ? payload : JSON.stringify(payload))
    for (const piece of decodeURIComponent(cookie_value.replaceAll(/%(?![0-9a-f]{2})/gi, "%25")).split(/--|[.*|!?&:]/)) {
      if (piece.length >= 8) seed(inflated(Buffer.from(piece, "base64")))
    }
  }
}
console.log(`${readdirSync(seeds).length} seeds in fuzz/corpus/seeds`)
