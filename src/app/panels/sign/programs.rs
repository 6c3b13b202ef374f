//! Short programs that check the value on a server: what to write there, with the secret read as it was here.

use keyjar::scheme::About;
use keyjar::secret::SecretEncoding;
use leptos::prelude::*;

use super::Outcome;
use crate::app::parts::copy_button::CopyButton;
use crate::app::parts::tabs::Tabs;
use crate::app::state::{Drafted, State};

/// A program for one scheme. `{key}`, `{name}`, `{alg}` and `{hash}` are filled in.
struct Program {
    scheme: &'static str,
    /// The tab's label.
    label: &'static str,
    language: Language,
    text: &'static str,
}

#[derive(Clone, Copy)]
enum Language {
    JavaScript,
    /// For libraries that take the secret as text alone.
    JavaScriptText,
    Python,
}

static PROGRAMS: [Program; 5] = [
    Program {
        scheme: "jws-hmac",
        label: "Node, jose",
        language: Language::JavaScript,
        text: r#"import { jwtVerify } from "jose"

const key = {key}
const token = req.cookies["{name}"]
const { payload } = await jwtVerify(token, key, { algorithms: ["{alg}"] })"#,
    },
    Program {
        scheme: "jws-hmac",
        label: "Python, PyJWT",
        language: Language::Python,
        text: r#"import base64, os
import jwt

key = {key}
token = request.cookies["{name}"]
claims = jwt.decode(token, key, algorithms=["{alg}"])"#,
    },
    Program {
        scheme: "express-cookie-signature",
        label: "Express, cookie-parser",
        language: Language::JavaScriptText,
        text: r#"import express from "express"
import cookieParser from "cookie-parser"

const app = express()
app.use(cookieParser(process.env.SECRET))

app.get("/", (req, res) => {
  // false if the signature is not right, undefined if there is no cookie
  res.json({ value: req.signedCookies["{name}"] })
})"#,
    },
    Program {
        scheme: "signed-value",
        label: "Node",
        language: Language::JavaScript,
        text: r#"import { createHmac, timingSafeEqual } from "node:crypto"

const key = {key}
const [payload, signature = ""] = req.cookies["{name}"].split(".")
const expected = createHmac("{hash}", key).update(payload).digest()
const found = Buffer.from(signature, "base64url")
if (found.length !== expected.length || !timingSafeEqual(found, expected)) {
  throw new Error("not signed with this secret")
}
const text = Buffer.from(payload, "base64url").toString()"#,
    },
    Program {
        scheme: "signed-value",
        label: "Python",
        language: Language::Python,
        text: r#"import base64, hmac, os

def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

key = {key}
payload, _, signature = request.cookies["{name}"].partition(".")
expected = hmac.digest(key, payload.encode(), "{hash}")
if not hmac.compare_digest(expected, decoded(signature)):
    raise ValueError("not signed with this secret")
text = decoded(payload).decode()"#,
    },
];

#[component]
pub fn Programs(outcome: Outcome) -> impl IntoView {
    let state = State::get();
    let fitting = Memo::new(move |_| {
        let (scheme, usual) = outcome
            .about
            .with(|about| about.as_ref().map(|about| (about.id.clone(), about.secret_encoding)))?;
        let reading =
            state.drafted.secrets.with(|secrets| secrets.first().map(|secret| secret.encoding_or(usual)))?;
        Some((scheme, reading))
    });
    move || {
        let (scheme, reading) = fitting.get()?;
        let programs = PROGRAMS.iter().filter(|program| program.scheme == scheme);
        let programs: Vec<_> =
            programs.filter_map(|program| Some((program, key(program.language, reading)?))).collect();
        let labels: Vec<_> = programs.iter().map(|(program, _)| program.label).collect();
        if labels.is_empty() {
            return None;
        }
        let chosen = RwSignal::new(0_usize);
        let text = Signal::derive(move || {
            let program = programs.get(chosen.get());
            program
                .map(|(program, key)| filled(program.text, key, state.drafted, outcome))
                .unwrap_or_default()
        });
        Some(view! {
            <div class="sheet">
                <Tabs id="sign-program" label="Programs that check it" tabs=labels chosen>
                    <pre class="sheet-body code is-program" id="sign-program-text" tabindex="0" role="region" aria-label="Program">
                        {text}
                    </pre>
                </Tabs>
                <div class="sheet-foot">
                    <span class="hint">"Checks it on your server."</span>
                    <CopyButton label="Copy program" text shown_in="sign-program-text" />
                </div>
            </div>
        })
    }
}

fn filled(program: &str, key: &str, drafted: Drafted, outcome: Outcome) -> String {
    let digest =
        outcome.about.with(|about| about.as_ref().map(|about| digest(drafted, about))).unwrap_or_default();
    let name = drafted.cookie.with(|cookie| cookie.name.clone());
    let program = program.replace("{key}", key).replace("{name}", &name);
    program.replace("{alg}", &digest).replace("{hash}", &digest.replace('-', "").to_lowercase())
}

/// The key in the program's language, from the environment; `None` where the library cannot take it.
const fn key(language: Language, reading: SecretEncoding) -> Option<&'static str> {
    use SecretEncoding::{Base64, Base64url, Hex, Jwk, Utf8};
    Some(match (language, reading) {
        (Language::JavaScript, Utf8) => "Buffer.from(process.env.SECRET)",
        (Language::JavaScript, Hex) => r#"Buffer.from(process.env.SECRET, "hex")"#,
        (Language::JavaScript, Base64) => r#"Buffer.from(process.env.SECRET, "base64")"#,
        (Language::JavaScript, Base64url) => r#"Buffer.from(process.env.SECRET, "base64url")"#,
        (Language::JavaScriptText, Utf8) => "process.env.SECRET",
        (Language::Python, Utf8) => r#"os.environ["SECRET"].encode()"#,
        (Language::Python, Hex) => r#"bytes.fromhex(os.environ["SECRET"])"#,
        (Language::Python, Base64) => r#"base64.b64decode(os.environ["SECRET"] + "==")"#,
        (Language::Python, Base64url) => r#"base64.urlsafe_b64decode(os.environ["SECRET"] + "==")"#,
        (Language::JavaScriptText, _) | (_, Jwk) => return None,
    })
}

/// The chosen algorithm or digest: what was set, or the default.
fn digest(drafted: Drafted, about: &About) -> String {
    let spec = about.options.iter().find(|spec| spec.name == "alg" || spec.name == "digest");
    spec.map(|spec| {
        let set = drafted
            .options
            .with(|options| options.get(&*spec.name).and_then(|set| set.as_str().map(str::to_owned)));
        set.unwrap_or_else(|| spec.default.to_string())
    })
    .unwrap_or_default()
}
