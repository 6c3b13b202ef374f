//! Every bound in the house, with its reason.

/// Bytes of input that are taken at once. A browser's own limit for a cookie is 4,096, servers' for all headers 8 to
/// 64 KiB: a mebibyte is more than any token, and still parses within a frame or two.
pub const MAX_INPUT: usize = 1 << 20;

/// Bytes of a secret's text. The longest in use are PEM keys of some 13 KB.
pub const MAX_SECRET: usize = 1 << 16;

/// Secrets in one list (rotation). Frameworks keep two or three.
pub const MAX_SECRETS: usize = 32;

/// Cookies in one header that are taken apart. Browsers keep at most 180 for a site (Chromium).
pub const MAX_ITEMS: usize = 200;

/// Nesting of JSON that is laid out in lines of its own: serde_json reads no deeper either, which keeps a hostile value from
/// exhausting the stack.
pub const MAX_JSON_DEPTH: usize = 128;

/// Bytes of a step's output that are shown; the rest is counted.
pub const MAX_EXCERPT: usize = 4096;

/// Bytes of name and value together that a browser stores (RFC 6265bis section 5.6).
pub const MAX_COOKIE: usize = 4096;

/// Bytes of an attribute's value that a browser reads (RFC 6265bis section 5.6).
pub const MAX_ATTRIBUTE: usize = 1024;

/// Bytes that a generated key may have: below 16 an HMAC key can be searched for, above 1,024 nothing is gained and
/// environment variables and `.env` readers begin to complain.
pub const KEY_BYTES: std::ops::RangeInclusive<usize> = 16..=1024;

/// Seconds that a browser keeps a cookie at most: 400 days (RFC 6265bis section 5.5; Chromium and Firefox do so).
pub const MAX_COOKIE_AGE: i64 = 400 * 86_400;

/// Bytes of a `Set-Cookie` line whose attributes are read. A browser skips each attribute above 1,024 bytes and knows
/// nine of them: what is longer is no header that a server would send, and each remark carries a copy of the line.
pub const MAX_COOKIE_LINE: usize = 1 << 14;

/// Corrections that are applied to one line one after the other. Each rule corrects what it remarks on at once, and
/// there are fewer rules than this that write one.
pub const MAX_CORRECTIONS: usize = 64;

/// Iterations of a key derivation (PBKDF2) that are run: a second or so in a browser. Frameworks' own counts end at
/// 65,536, OWASP's advice for passwords at 1,300,000.
pub const MAX_ITERATIONS: u32 = 2_000_000;

/// Bytes that a compressed part may have once it is inflated: as many as can be pasted. A cookie of 4,096 bytes could
/// inflate to four mebibytes.
pub const MAX_INFLATED: usize = MAX_INPUT;

/// Nanoseconds of work, roughly, that one call does before it tries no further settings and readings of secrets: what is
/// typed is to be answered while it is typed. The slowest of the vectors takes a sixth of it with a wrong secret.
pub const MAX_WORK: usize = 30_000_000;

/// The same for who agreed to wait, where one key after the other is tried: a few seconds in a browser.
pub const MAX_PATIENT_WORK: usize = 600_000_000;

/// Rounds of PBKDF2 that a token may ask for in its header (`p2c`): twice OWASP's figure for passwords, as
/// draft-ietf-oauth-rfc8725bis section 3.13 has it. The header is not authenticated when they run.
pub const MAX_P2C: u32 = 1_200_000;

/// Rounds of PBKDF2 that run while a person types; what asks for more waits until they say so.
pub const SLOW_P2C: u32 = 20_000;

/// Bytes that the compressed content of a JWE may have once it is inflated (draft-ietf-oauth-rfc8725bis section 3.15).
pub const MAX_JWE_INFLATED: usize = 250_000;

/// Bits of an RSA modulus that are read: shorter ones are factored within the hour, and no library takes longer ones.
pub const RSA_BITS: std::ops::RangeInclusive<usize> = 512..=16_384;

/// Keys in one set or one PEM text. The largest services publish some twenty; each takes its time to be checked.
pub const MAX_KEYS: usize = 64;

/// Keys of all secrets together that a token is checked with: two sets as large as may be.
pub const MAX_GIVEN_KEYS: usize = 2 * MAX_KEYS;

/// Keys beside a token that are reviewed: each takes up to a millisecond, and what is pasted alone has its own review.
pub const MAX_REVIEWED_KEYS: usize = 16;

/// Bits of an RSA key that is computed with privately, to sign or to decrypt: the longest in use. It takes a tenth of a
/// second, and each doubling eight times as long.
pub const MAX_PRIVATE_RSA_BITS: usize = 8192;

/// Values of `key_ops` that are looked at. There are eight.
pub const MAX_KEY_OPERATIONS: usize = 16;

/// Bytes of a token's header that are read: as Base64url in a compact token, as JSON elsewhere. Those with a chain of
/// certificates have some 20,000.
pub const MAX_JOSE_HEADER: usize = 1 << 16;

/// Bytes of a token's claims that the rules look at. What no header of HTTP takes is no token in use, and a mebibyte of
/// claims would take longer than a keystroke may.
pub const MAX_REVIEWED: usize = MAX_JWE_INFLATED;

/// Signatures or recipients of one token in JSON that are looked at: each may take milliseconds. Tokens have one or two.
pub const MAX_SIGNERS: usize = 16;

/// Disclosures of an SD-JWT that are read. Credentials have some twenty; each is hashed, and shown.
pub const MAX_DISCLOSURES: usize = 512;

/// Bytes of a claim that is written into code as a literal. Issuers and audiences are names or addresses of some 30 to 100.
pub const MAX_LITERAL: usize = 512;

/// Bits of an RSA modulus to whose power something is raised to judge a key: 3,072 take a fiftieth of a second, and each
/// doubling eight times as long.
pub const MAX_POWER_BITS: u32 = 3072;

/// Keys of a set that are compared with each other for a common prime: each takes half a millisecond or more.
pub const MAX_COMPARED_KEYS: usize = 16;
