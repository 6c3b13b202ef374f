//! The table. Its facts are from each framework's own documentation and code; `docs` says where to look.

use super::{Preset, Rule, Snippet, Variable};
use crate::keygen::{Alphabet, Recipe, Written};
use crate::secret::SecretEncoding;

/// Printable ASCII without the blank and without the characters that mean something in shells, `.env` files or PHP
/// strings: quotes, backslash, backtick, dollar sign.
const PRINTABLE: Alphabet = Alphabet::new(
    "printable characters",
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#%&()*+,-./:;<=>?@[]^_{|}~",
);

const HEX_32: Recipe = Recipe::new(32, Written::Hex);
const HEX_64: Recipe = Recipe::new(64, Written::Hex);
const BASE64_32: Recipe = Recipe::new(32, Written::Base64);

const TEXT: &str = "Text: the characters are the key, and nothing is decoded";

/// Of frameworks that check nothing: what their documentation or RFC 7518 advises.
const fn any_length(says: &'static str) -> Rule {
    Rule { meets: |_| true, enforced: false, says }
}

/// Every preset, by language.
pub static ALL: &[Preset] = &[
    jwt(
        "jwt-hs256",
        "JWT, HS256",
        Recipe::new(32, Written::Base64url),
        Rule {
            meets: |recipe| recipe.characters() >= 32,
            enforced: true,
            says: "RFC 7518 asks HS256 keys for at least 32 bytes; PyJWT warns of shorter ones, JJWT and .NET refuse them.",
        },
        "RFC 7518 section 3.2 wants a key at least as long as the hash: 256 bits. More gives nothing for HS256.",
        "At least 32 bytes; PyJWT warns of less, JJWT, php-jwt 7 and .NET refuse it, jsonwebtoken takes it",
    ),
    jwt(
        "jwt-hs384",
        "JWT, HS384",
        Recipe::new(48, Written::Base64url),
        Rule {
            meets: |recipe| recipe.characters() >= 48,
            enforced: true,
            says: "RFC 7518 asks HS384 keys for at least 48 bytes; PyJWT warns of shorter ones, JJWT and .NET refuse them.",
        },
        "RFC 7518 section 3.2 wants a key at least as long as the hash: 384 bits.",
        "At least 48 bytes; PyJWT warns of less, JJWT, php-jwt 7 and .NET refuse it, jsonwebtoken takes it",
    ),
    jwt(
        "jwt-hs512",
        "JWT, HS512",
        Recipe::new(64, Written::Base64url),
        Rule {
            meets: |recipe| recipe.characters() >= 64,
            enforced: true,
            says: "RFC 7518 asks HS512 keys for at least 64 bytes; PyJWT warns of shorter ones, JJWT and .NET refuse them.",
        },
        "RFC 7518 section 3.2 wants a key at least as long as the hash: 512 bits.",
        "At least 64 bytes; PyJWT warns of less, JJWT, php-jwt 7 and .NET refuse it, jsonwebtoken takes it",
    ),
    Preset {
        id: "django",
        title: "Django",
        language: "Python",
        main: Variable {
            name: "SECRET_KEY",
            purpose: "Django signs sessions, CSRF tokens and reset links with this",
            recipe: HEX_32,
            rule: Rule {
                meets: |recipe| recipe.characters() >= 50,
                enforced: false,
                says: "`check --deploy` asks for at least 50 characters.",
            },
        },
        others: &[],
        why: "Django's own command draws 50 characters, among them `$`, `#` and `&`, which need quoting in env files. \
              64 hex digits pass the same check and need none.",
        encoding: SecretEncoding::Utf8,
        read_as: TEXT,
        minimum: "At least 50 characters, 5 of them different: `check --deploy` warns of less (security.W009); at run \
                  time only an empty key is refused",
        rotation: "Move the old key to the list `SECRET_KEY_FALLBACKS` (Django 4.1); it still verifies and never signs",
        snippet: Snippet {
            file: "settings.py",
            language: "python",
            code: "import os\n\nSECRET_KEY = os.environ[\"SECRET_KEY\"]\n",
        },
        docs: "https://docs.djangoproject.com/en/stable/ref/settings/#secret-key",
        scheme: Some("django-session-signed-cookies"),
        options: &[],
    },
    Preset {
        id: "flask",
        title: "Flask",
        language: "Python",
        main: Variable {
            name: "FLASK_SECRET_KEY",
            purpose: "Flask signs the session cookie with this",
            recipe: HEX_32,
            rule: any_length("Flask checks no length; its documentation draws 32 bytes."),
        },
        others: &[],
        why: "What `secrets.token_hex()` in Flask's documentation gives: 32 bytes as 64 hex digits. \
              `from_prefixed_env` takes the prefix `FLASK_` off the name.",
        encoding: SecretEncoding::Utf8,
        read_as: TEXT,
        minimum: "None is checked; without a key, writing to the session raises `RuntimeError`",
        rotation: "Move the old key to the list `SECRET_KEY_FALLBACKS` (Flask 3.1); it still verifies and never signs",
        snippet: Snippet {
            file: "app.py",
            language: "python",
            code: "from flask import Flask\n\napp = Flask(__name__)\napp.config.from_prefixed_env()\n",
        },
        docs: "https://flask.palletsprojects.com/en/stable/config/#SECRET_KEY",
        scheme: Some("flask-session"),
        options: &[],
    },
    Preset {
        id: "starlette",
        title: "FastAPI, Starlette",
        language: "Python",
        main: Variable {
            name: "SECRET_KEY",
            purpose: "Starlette signs the session cookie with this",
            recipe: HEX_32,
            rule: any_length("`SessionMiddleware` checks no length."),
        },
        others: &[],
        why: "FastAPI's tutorial draws 32 bytes as 64 hex digits.",
        encoding: SecretEncoding::Utf8,
        read_as: TEXT,
        minimum: "None is checked",
        rotation: "`SessionMiddleware` takes one key: a new `SECRET_KEY` ends every session",
        snippet: Snippet {
            file: "main.py",
            language: "python",
            code: "import os\n\nfrom fastapi import FastAPI\nfrom starlette.middleware.sessions import SessionMiddleware\n\n\
                   app = FastAPI()\napp.add_middleware(SessionMiddleware, secret_key=os.environ[\"SECRET_KEY\"])\n",
        },
        docs: "https://www.starlette.io/middleware/#sessionmiddleware",
        scheme: Some("starlette-session"),
        options: &[],
    },
    Preset {
        id: "rails",
        title: "Rails",
        language: "Ruby",
        main: Variable {
            name: "SECRET_KEY_BASE",
            purpose: "Rails derives the keys of signed and encrypted cookies from this",
            recipe: HEX_64,
            rule: any_length("Rails checks no length; `bin/rails secret` draws 64 bytes."),
        },
        others: &[],
        why: "What `bin/rails secret` makes: 64 bytes as 128 hex digits. Rails derives a key of its own for each use.",
        encoding: SecretEncoding::Utf8,
        read_as: "Text: the hex is not decoded; PBKDF2 makes each cookie's key from its characters",
        minimum: "None is checked; in production a missing one raises `ArgumentError: Missing secret_key_base`",
        rotation: "Give the old `SECRET_KEY_BASE` to `config.action_dispatch.cookies_rotations`; new cookies use the \
                   new one",
        snippet: Snippet {
            file: "config/environments/production.rb",
            language: "ruby",
            code: "Rails.application.configure do\n  config.secret_key_base = ENV.fetch(\"SECRET_KEY_BASE\")\nend\n",
        },
        docs: "https://guides.rubyonrails.org/security.html#session-storage",
        scheme: Some("rails8-encrypted-cookie"),
        options: &[],
    },
    Preset {
        id: "rack",
        title: "Rack, Sinatra",
        language: "Ruby",
        main: Variable {
            name: "SESSION_SECRET",
            purpose: "Rack encrypts and signs the session cookie with this",
            recipe: HEX_64,
            rule: Rule {
                meets: |recipe| recipe.characters() >= 64,
                enforced: true,
                says: "Rack refuses secrets under 64 bytes.",
            },
        },
        others: &[],
        why: "Rack splits the secret: the first 32 bytes encrypt, the others sign. 128 hex digits give both halves \
              enough.",
        encoding: SecretEncoding::Utf8,
        read_as: TEXT,
        minimum: "64 bytes; rack-session 2 raises `ArgumentError` for less. Sinatra without one draws another at each \
                  start",
        rotation: "Mount `Rack::Session::Cookie` yourself with `secrets: [ENV[\"SESSION_SECRET\"], old]`: the first writes, \
                   all read",
        snippet: Snippet {
            file: "app.rb",
            language: "ruby",
            code: "require \"sinatra\"\n\nenable :sessions\nset :session_secret, ENV.fetch(\"SESSION_SECRET\")\n",
        },
        docs: "https://sinatrarb.com/intro.html#Using%20Sessions",
        scheme: Some("rack-session-encrypted"),
        options: &[],
    },
    Preset {
        id: "express",
        title: "Express",
        language: "JavaScript",
        main: Variable {
            name: "SESSION_SECRET",
            purpose: "express-session and cookie-parser sign cookies with this",
            recipe: HEX_32,
            rule: any_length("Express checks no length; express-session advises 32 bytes of randomness."),
        },
        others: &[],
        why: "express-session advises at least 32 bytes of randomness. The name of the variable is yours.",
        encoding: SecretEncoding::Utf8,
        read_as: "Text: the characters are the key of HMAC-SHA256, the hex is not decoded",
        minimum: "None is checked; without a secret express-session fails at each request",
        rotation: "Make `secret` a list, `[process.env.SESSION_SECRET, old]`: the first signs, all verify",
        snippet: Snippet {
            file: "app.js",
            language: "javascript",
            code: "app.use(session({\n  secret: process.env.SESSION_SECRET,\n  resave: false,\n  \
                   saveUninitialized: false,\n}));\n",
        },
        docs: "https://github.com/expressjs/session#secret",
        scheme: Some("express-cookie-signature"),
        options: &[],
    },
    Preset {
        id: "authjs",
        title: "Auth.js, NextAuth",
        language: "JavaScript",
        main: Variable {
            name: "AUTH_SECRET",
            purpose: "Auth.js encrypts the session token with this",
            recipe: BASE64_32,
            rule: Rule {
                meets: |recipe| recipe.characters() >= 32,
                enforced: false,
                says: "Auth.js advises at least 32 characters.",
            },
        },
        others: &[],
        why: "What `npx auth secret` makes: 32 bytes as 44 characters of Base64. NextAuth 4 calls it `NEXTAUTH_SECRET`.",
        encoding: SecretEncoding::Utf8,
        read_as: "Text: the Base64 is not decoded; HKDF makes the encryption key from its characters",
        minimum: "At least 32 characters are advised and none checked; without one, production stops with \
                  `MissingSecret`",
        rotation: "Put the new secret into `AUTH_SECRET_1` and leave the old one in `AUTH_SECRET`: the highest number \
                   encrypts, all decrypt",
        snippet: Snippet {
            file: "auth.ts",
            language: "javascript",
            code: "import NextAuth from \"next-auth\";\n\n// Auth.js reads AUTH_SECRET by itself.\n\
                   export const { handlers, auth } = NextAuth({ providers: [] });\n",
        },
        docs: "https://authjs.dev/reference/core#secret",
        scheme: Some("authjs-jwe"),
        options: &[],
    },
    Preset {
        id: "iron-session",
        title: "iron-session",
        language: "JavaScript",
        main: Variable {
            name: "SESSION_PASSWORD",
            purpose: "iron-session encrypts the session cookie with this",
            recipe: BASE64_32,
            rule: Rule {
                meets: |recipe| recipe.characters() >= 32,
                enforced: true,
                says: "iron-session refuses fewer than 32 characters.",
            },
        },
        others: &[],
        why: "iron-session counts characters, not bits, and derives its keys in one round: only randomness makes the \
              password strong. 32 random bytes as Base64 have 44 characters and all the strength that its keys can use.",
        encoding: SecretEncoding::Utf8,
        read_as: TEXT,
        minimum: "32 characters; less throws \"Password must be at least 32 characters long.\"",
        rotation: "Make `password` an object, `{ 1: old, 2: process.env.SESSION_PASSWORD }`: the highest id encrypts, \
                   all decrypt",
        snippet: Snippet {
            file: "session.js",
            language: "javascript",
            code: "const session = await getIronSession(req, res, {\n  cookieName: \"session\",\n  \
                   password: process.env.SESSION_PASSWORD,\n});\n",
        },
        docs: "https://github.com/vvo/iron-session#session-options",
        scheme: Some("iron-session"),
        options: &[],
    },
    Preset {
        id: "fastify",
        title: "Fastify cookie and session",
        language: "JavaScript",
        main: Variable {
            name: "SESSION_SECRET",
            purpose: "@fastify/session and @fastify/cookie sign cookies with this",
            recipe: HEX_32,
            rule: Rule {
                meets: |recipe| recipe.characters() >= 32,
                enforced: true,
                says: "`@fastify/session` refuses fewer than 32 characters.",
            },
        },
        others: &[],
        why: "`@fastify/session` counts characters: 32 hex digits would pass with 128 bits. 64 carry 256.",
        encoding: SecretEncoding::Utf8,
        read_as: "Text: the characters are the key of HMAC-SHA256, the hex is not decoded",
        minimum: "32 characters; `@fastify/session` throws \"the secret must have length 32 or greater\", \
                  `@fastify/cookie` checks nothing",
        rotation: "Make `secret` a list, `[process.env.SESSION_SECRET, old]`: the first signs, all verify",
        snippet: Snippet {
            file: "app.js",
            language: "javascript",
            code: "app.register(fastifyCookie);\napp.register(fastifySession, { secret: process.env.SESSION_SECRET });\n",
        },
        docs: "https://github.com/fastify/session#secret-required",
        scheme: Some("fastify-cookie"),
        options: &[],
    },
    Preset {
        id: "fastify-secure-session",
        title: "Fastify secure-session",
        language: "JavaScript",
        main: Variable {
            name: "SESSION_KEY",
            purpose: "@fastify/secure-session encrypts the session cookie with this",
            recipe: BASE64_32,
            rule: Rule {
                meets: |recipe| matches!((recipe.written, recipe.bytes), (Written::Base64, 32)),
                enforced: true,
                says: "`@fastify/secure-session` decodes `key` from Base64 and wants exactly 32 bytes.",
            },
        },
        others: &[],
        why: "`key` must be exactly 32 bytes. A string is decoded from Base64, so a hex key would have to go through a \
              `Buffer`.",
        encoding: SecretEncoding::Base64,
        read_as: "Base64: decoded to 32 bytes",
        minimum: "Exactly 32 bytes after decoding; another length is refused at start",
        rotation: "Make `key` a list, `[process.env.SESSION_KEY, old]`: the first encrypts, all decrypt",
        snippet: Snippet {
            file: "app.js",
            language: "javascript",
            code: "app.register(secureSession, {\n  key: process.env.SESSION_KEY,\n  cookie: { path: \"/\" },\n});\n",
        },
        docs: "https://github.com/fastify/fastify-secure-session#using-a-pregenerated-key",
        scheme: Some("fastify-secure-session"),
        options: &[],
    },
    Preset {
        id: "strapi",
        title: "Strapi",
        language: "JavaScript",
        main: Variable {
            name: "APP_KEYS",
            purpose: "Strapi signs session cookies with these, the first one first",
            recipe: Recipe { count: 4, ..BASE64_32 },
            rule: any_length("Strapi checks no length; its own generator draws 16 bytes."),
        },
        others: &[
            strapi("API_TOKEN_SALT", "Hashes API tokens"),
            strapi("ADMIN_JWT_SECRET", "Signs the tokens of the admin panel"),
            strapi("TRANSFER_TOKEN_SALT", "Hashes transfer tokens"),
            strapi("JWT_SECRET", "Signs the tokens of the users of your API"),
            strapi("ENCRYPTION_KEY", "Encrypts API tokens that can be shown again (Strapi 5)"),
        ],
        why: "Strapi's own generator draws 16 bytes for each. 32 give the JWT secrets the 256 bits that HS256 asks for.",
        encoding: SecretEncoding::Utf8,
        read_as: "Text: the Base64 is not decoded; `APP_KEYS` is a list with commas",
        minimum: "None is checked; a missing one stops the start (\"App keys are required\")",
        rotation: "Put a new key in front of `APP_KEYS`: the first signs, all verify. A new `JWT_SECRET` ends every \
                   login",
        snippet: Snippet {
            file: "config/server.js",
            language: "javascript",
            code: "module.exports = ({ env }) => ({\n  app: { keys: env.array(\"APP_KEYS\") },\n});\n",
        },
        docs: "https://docs.strapi.io/cms/configurations/environment",
        scheme: None,
        options: &[],
    },
    Preset {
        id: "laravel",
        title: "Laravel",
        language: "PHP",
        main: Variable {
            name: "APP_KEY",
            purpose: "Laravel encrypts cookies and sessions with this",
            recipe: Recipe { prefix: "base64:", ..BASE64_32 },
            rule: Rule {
                meets: |recipe| matches!((recipe.written, recipe.bytes), (Written::Base64, 32)),
                enforced: true,
                says: "Laravel wants exactly 32 bytes for AES-256, as Base64 after `base64:`.",
            },
        },
        others: &[],
        why: "What `php artisan key:generate` makes: 32 bytes for AES-256-CBC. Without `base64:` in front, Laravel would \
              take the characters themselves.",
        // Laravel looks for `base64:` itself.
        encoding: SecretEncoding::Utf8,
        read_as: "Base64 after `base64:`, decoded to 32 bytes",
        minimum: "Exactly 32 bytes; another length raises `RuntimeException: Unsupported cipher or incorrect key length`",
        rotation: "Move the old key to `APP_PREVIOUS_KEYS`, with commas between several; it decrypts and never encrypts",
        snippet: Snippet {
            file: "config/app.php",
            language: "php",
            code: "'cipher' => 'AES-256-CBC',\n'key' => env('APP_KEY'),\n",
        },
        docs: "https://laravel.com/docs/encryption#configuration",
        scheme: Some("laravel-cookie"),
        options: &[],
    },
    Preset {
        id: "wordpress",
        title: "WordPress",
        language: "PHP",
        main: wordpress("AUTH_KEY"),
        others: &[
            wordpress("SECURE_AUTH_KEY"),
            wordpress("LOGGED_IN_KEY"),
            wordpress("NONCE_KEY"),
            wordpress("AUTH_SALT"),
            wordpress("SECURE_AUTH_SALT"),
            wordpress("LOGGED_IN_SALT"),
            wordpress("NONCE_SALT"),
        ],
        why: "Eight different values of 64 characters, as WordPress's own service gives them. `$`, quotes, backslash and \
              blank are left out, so that every env file and PHP string holds them.",
        encoding: SecretEncoding::Utf8,
        read_as: "Text: key and salt are joined and are the key of the cookie's HMAC",
        minimum: "None is checked; WordPress replaces a missing value, and the sample's phrase, by one that it keeps in \
                  the database",
        rotation: "There is none: new values of `AUTH_KEY` and the others log everybody out",
        snippet: Snippet {
            file: "wp-config.php",
            language: "php",
            code: "foreach ( array( 'AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE' ) as $name ) {\n    \
                   define( \"{$name}_KEY\", getenv( \"{$name}_KEY\" ) );\n    \
                   define( \"{$name}_SALT\", getenv( \"{$name}_SALT\" ) );\n}\n",
        },
        docs: "https://developer.wordpress.org/advanced-administration/wordpress/wp-config/#security-keys",
        scheme: None,
        options: &[],
    },
    Preset {
        id: "phoenix",
        title: "Phoenix",
        language: "Elixir",
        main: Variable {
            name: "SECRET_KEY_BASE",
            purpose: "Phoenix derives the keys of cookies and tokens from this",
            recipe: Recipe::new(48, Written::Base64),
            rule: Rule {
                meets: |recipe| recipe.characters() >= 64,
                enforced: true,
                says: "Plug's cookie store refuses fewer than 64 bytes.",
            },
        },
        others: &[],
        why: "Of the form that `mix phx.gen.secret` makes: 64 characters of Base64, which 48 bytes fill without padding.",
        encoding: SecretEncoding::Utf8,
        read_as: "Text: the Base64 is not decoded; PBKDF2 makes each key from its characters",
        minimum: "64 bytes; Plug's cookie store raises for less, and a missing one stops the start",
        rotation: "Give the old `SECRET_KEY_BASE` in `rotating_options` of `Plug.Session`; the new one signs",
        snippet: Snippet {
            file: "config/runtime.exs",
            language: "elixir",
            code: "config :my_app, MyAppWeb.Endpoint,\n  secret_key_base: System.fetch_env!(\"SECRET_KEY_BASE\")\n",
        },
        docs: "https://hexdocs.pm/plug/Plug.Session.COOKIE.html",
        scheme: Some("plug-session-cookie"),
        options: &[],
    },
    Preset {
        id: "gorilla",
        title: "gorilla/sessions",
        language: "Go",
        main: Variable {
            name: "SESSION_HASH_KEY",
            purpose: "gorilla/securecookie signs with this",
            recipe: HEX_64,
            rule: Rule {
                meets: |recipe| recipe.written == Written::Hex && recipe.bytes >= 32,
                enforced: true,
                says: "The code here decodes hex; gorilla/securecookie advises 32 or 64 bytes to sign.",
            },
        },
        others: &[Variable {
            name: "SESSION_BLOCK_KEY",
            purpose: "gorilla/securecookie encrypts with this",
            recipe: HEX_32,
            rule: Rule {
                meets: |recipe| matches!((recipe.written, recipe.bytes), (Written::Hex, 16 | 24 | 32)),
                enforced: true,
                says: "AES takes a block key of 16, 24 or 32 bytes, which the code here decodes from hex.",
            },
        }],
        why: "Two keys: 64 bytes sign, 32 bytes encrypt with AES-256. gorilla takes bytes, so the hex is decoded in your \
              code; without that a block key of 64 digits would be refused.",
        encoding: SecretEncoding::Hex,
        read_as: "Hex, decoded by your code: gorilla itself takes bytes",
        minimum: "32 or 64 bytes to sign are advised; to encrypt exactly 16, 24 or 32, another length is an error at \
                  use",
        rotation: "Give pairs, new first: the new `SESSION_HASH_KEY` and `SESSION_BLOCK_KEY`, then the old ones; the \
                   first pair writes, all read",
        snippet: Snippet {
            file: "session.go",
            language: "go",
            code: "func key(name string) []byte {\n\tkey, err := hex.DecodeString(os.Getenv(name))\n\tif err != nil || \
                   len(key) == 0 {\n\t\tlog.Fatalf(\"%s is missing or not hex\", name)\n\t}\n\treturn key\n}\n\n\
                   var store = sessions.NewCookieStore(key(\"SESSION_HASH_KEY\"), key(\"SESSION_BLOCK_KEY\"))\n",
        },
        docs: "https://pkg.go.dev/github.com/gorilla/sessions#NewCookieStore",
        scheme: Some("gorilla-securecookie"),
        options: &[],
    },
    Preset {
        id: "rocket",
        title: "Rocket",
        language: "Rust",
        main: Variable {
            name: "ROCKET_SECRET_KEY",
            purpose: "Rocket encrypts and signs private cookies with this",
            recipe: BASE64_32,
            rule: Rule {
                meets: |recipe| {
                    matches!((recipe.written, recipe.bytes), (Written::Base64, 32 | 64) | (Written::Hex, 32))
                },
                enforced: true,
                says: "Rocket takes 44 or 88 characters of Base64, or 64 of hex.",
            },
        },
        others: &[],
        why: "What Rocket's guide makes with `openssl rand -base64 32`. Rocket tells by the number of characters how to \
              decode them.",
        encoding: SecretEncoding::Base64,
        read_as: "Decoded: 44 or 88 characters as Base64, 64 as hex",
        minimum: "32 bytes; another length is a configuration error, and a release build without a key does not launch",
        rotation: "There is none: a new `ROCKET_SECRET_KEY` makes every private cookie unreadable",
        snippet: Snippet {
            file: "src/main.rs",
            language: "rust",
            code: "// Rocket reads ROCKET_SECRET_KEY by itself (feature \"secrets\").\n#[launch]\nfn rocket() -> _ {\n    \
                   rocket::build()\n}\n",
        },
        docs: "https://rocket.rs/guide/v0.5/configuration/#secret-key",
        scheme: Some("rust-cookie-private"),
        options: &[("key", "derive_from")],
    },
    Preset {
        id: "spring-jwt",
        title: "Spring with JJWT",
        language: "Java",
        main: Variable {
            name: "JWT_SECRET",
            purpose: "Signs JSON Web Tokens with HS256",
            recipe: BASE64_32,
            rule: Rule {
                meets: |recipe| matches!(recipe.written, Written::Base64) && recipe.bytes >= 32,
                enforced: true,
                says: "JJWT refuses keys under 32 bytes for HS256; the code here decodes Base64.",
            },
        },
        others: &[],
        why: "HS256 asks for 256 bits. JJWT takes bytes: decode the Base64, because the characters of a password are a \
              weaker key than they look. 64 bytes give HS512.",
        encoding: SecretEncoding::Base64,
        read_as: "Base64, decoded by your code: JJWT itself takes bytes",
        minimum: "32 bytes for HS256, 48 for HS384, 64 for HS512; less throws `WeakKeyException`",
        rotation: "Give each key a `kid` and find it in a `keyLocator`: sign with the new `JWT_SECRET`, and keep the old \
                   one until its last token has expired",
        snippet: Snippet {
            file: "JwtKey.java",
            language: "java",
            code: "@Bean\nSecretKey jwtKey(@Value(\"${JWT_SECRET}\") String secret) {\n    \
                   return Keys.hmacShaKeyFor(Decoders.BASE64.decode(secret));\n}\n",
        },
        docs: "https://github.com/jwtk/jjwt#creating-safe-keys",
        scheme: Some("jws"),
        options: &[],
    },
    Preset {
        id: "aspnet-jwt",
        title: "ASP.NET Core JwtBearer",
        language: "C#",
        main: Variable {
            name: "Jwt__Key",
            purpose: "Checks JSON Web Tokens with HS256",
            recipe: BASE64_32,
            rule: Rule {
                meets: |recipe| matches!(recipe.written, Written::Base64) && recipe.bytes >= 32,
                enforced: true,
                says: "Microsoft.IdentityModel refuses keys under 32 bytes for HS256; the code here decodes Base64.",
            },
        },
        others: &[],
        why: "HS256 asks for 256 bits. Two underscores in a variable's name stand for the colon in `Jwt:Key`. 64 bytes \
              give HS512.",
        encoding: SecretEncoding::Base64,
        read_as: "Base64, decoded by your code: `SymmetricSecurityKey` takes bytes",
        minimum: "32 bytes for HS256, 64 for HS512; less throws IDX10720 (which says \"greater than\", but takes equal)",
        rotation: "List both in `IssuerSigningKeys`: the new `Jwt__Key` and the old one, until its last token has expired",
        snippet: Snippet {
            file: "Program.cs",
            language: "csharp",
            code: "var key = Convert.FromBase64String(builder.Configuration[\"Jwt:Key\"]!);\n\n\
                   builder.Services.AddAuthentication().AddJwtBearer(options =>\n{\n    \
                   options.TokenValidationParameters.IssuerSigningKey = new SymmetricSecurityKey(key);\n});\n",
        },
        docs: "https://learn.microsoft.com/aspnet/core/security/authentication/configure-jwt-bearer-authentication",
        scheme: Some("jws"),
        options: &[],
    },
];

const fn jwt(
    id: &'static str,
    title: &'static str,
    recipe: Recipe,
    rule: Rule,
    why: &'static str,
    minimum: &'static str,
) -> Preset {
    Preset {
        id,
        title,
        language: "Any language",
        main: Variable { name: "JWT_SECRET", purpose: "Signs JSON Web Tokens", recipe, rule },
        others: &[],
        why,
        encoding: SecretEncoding::Utf8,
        read_as: "Text, as most libraries do; one that takes bytes may decode it first: both sides must agree",
        minimum,
        rotation: "Give each key a `kid`: sign with the new `JWT_SECRET`, and keep the old one until its last token has \
                   expired",
        snippet: Snippet {
            file: "token.js",
            language: "javascript",
            code: "import { jwtVerify } from \"jose\";\n\n\
                   const secret = new TextEncoder().encode(process.env.JWT_SECRET);\n\
                   const { payload } = await jwtVerify(token, secret);\n",
        },
        docs: "https://www.rfc-editor.org/rfc/rfc7518#section-3.2",
        scheme: Some("jws"),
        options: &[],
    }
}

const fn strapi(name: &'static str, purpose: &'static str) -> Variable {
    Variable {
        name,
        purpose,
        recipe: BASE64_32,
        rule: any_length("Strapi checks no length; its own generator draws 16 bytes."),
    }
}

const fn wordpress(name: &'static str) -> Variable {
    Variable {
        name,
        purpose: "",
        recipe: Recipe::new(51, Written::Characters(PRINTABLE)),
        rule: any_length("WordPress checks no length; its own service draws 64 characters."),
    }
}
