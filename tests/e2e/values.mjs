// Cookies and tokens made by Node's own crypto, not by the engine under test.
import { createHmac, sign } from 'node:crypto';

const HASH = { HS256: 'sha256', HS384: 'sha384', HS512: 'sha512' };

const base64url = (data) => Buffer.from(data).toString('base64url');

/** A JWT. `secret` is text or bytes. */
export function jwt(claims, secret, { alg = 'HS256', header = { alg, typ: 'JWT' } } = {}) {
  const input = `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(claims))}`;
  return `${input}.${createHmac(HASH[alg], secret).update(input).digest('base64url')}`;
}

/** A token that a private key signs: ES256, RS256 or EdDSA, as its header says. */
export function token(header, claims, privateKey) {
  const input = `${base64url(JSON.stringify(header))}.${typeof claims === 'string' ? base64url(claims) : base64url(JSON.stringify(claims))}`;
  const hash = header.alg === 'EdDSA' ? null : 'sha256';
  const signature = sign(hash, Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `${input}.${base64url(signature)}`;
}

/** What a signed cookie of Express holds, as `req.signedCookies` reads it: percent-encoded, `s:value.signature`. */
export function expressCookie(value, secret) {
  const signature = createHmac('sha256', secret).update(value).digest('base64').replace(/=+$/, '');
  return encodeURIComponent(`s:${value}.${signature}`);
}

/** `base64url(payload).base64url(HMAC-SHA256)`, the MAC over the encoded payload. */
export function signedValue(payload, secret) {
  const encoded = base64url(payload);
  return `${encoded}.${createHmac('sha256', secret).update(encoded).digest('base64url')}`;
}

/** The same token with one character of its payload changed. */
export function tampered(token) {
  const at = token.indexOf('.') + 12;
  return token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
}

/** The JSON of a JWT's part: 0 its header, 1 its claims. */
export function part(token, index) {
  return JSON.parse(Buffer.from(token.split('.')[index], 'base64url'));
}

/** What the second part of a token decodes to; nothing where there is none. */
export const middle = (token) => Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();

export const now = () => Math.floor(Date.now() / 1000);
