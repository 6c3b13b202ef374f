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

/// Nesting of JSON that is read: serde_json's own bound, which keeps a hostile value from exhausting the stack.
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
