/** The Guide's articles, by their place in the address. */
export const ARTICLES = [
  'sessions-and-tokens',
  'which-one',
  'how-signing-works',
  'signed-or-encrypted',
  'the-secret',
  'schemes',
  'cookie-attributes',
  'the-seal',
];
