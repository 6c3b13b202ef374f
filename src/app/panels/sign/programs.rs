//! Short programs that check the value on a server: what to write there, with the secret read as it was here.

use keyjar::scheme::About;
use keyjar::secret::SecretEncoding;
use leptos::prelude::*;

use super::Outcome;
use crate::app::parts::copy_button::CopyButton;
use crate::app::parts::tabs::Tabs;
use crate::app::state::State;

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
    let chosen = RwSignal::new(0_usize);
    let reading = Memo::new(move |_| {
        let usual = outcome.about.with(|about| about.as_ref().map(|about| about.secret_encoding))?;
        state.drafted.secrets.with(|secrets| secrets.first().map(|secret| secret.encoding_or(usual)))
    });
    let scheme =
        Memo::new(move |_| outcome.about.with(|about| about.as_ref().map(|about| about.id.to_string())));
    let programs = Memo::new(move |_| {
        let (Some(scheme), Some(reading)) = (scheme.get(), reading.get()) else { return Vec::new() };
        let fitting = |program: &(usize, &Program)| {
            program.1.scheme == scheme && key(program.1.language, reading).is_some()
        };
        PROGRAMS.iter().enumerate().filter(fitting).map(|(index, _)| index).collect::<Vec<_>>()
    });
    let text = Signal::derive(move || {
        let programs = programs.get();
        let index = programs.get(chosen.get()).or(programs.first()).copied();
        let program = index.and_then(|index| PROGRAMS.get(index));
        let text = program.zip(reading.get()).and_then(|(program, reading)| {
            let key = key(program.language, reading)?;
            let digest = outcome.about.with(|about| about.as_ref().map(|about| digest(state, about)))?;
            let name = state.drafted.cookie.with(|cookie| cookie.name.clone());
            let filled = program.text.replace("{key}", key).replace("{name}", &name);
            Some(filled.replace("{alg}", &digest).replace("{hash}", &digest.replace('-', "").to_lowercase()))
        });
        text.unwrap_or_default()
    });
    move || {
        let programs = programs.get();
        let labels: Vec<_> =
            programs.iter().filter_map(|&index| PROGRAMS.get(index)).map(|program| program.label).collect();
        (!labels.is_empty()).then(|| {
            chosen.set(0);
            view! {
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
            }
        })
    }
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

/// The chosen algorithm or digest: the scheme's first option, or its default.
fn digest(state: State, about: &About) -> String {
    let spec = about.options.iter().find(|spec| spec.name == "alg" || spec.name == "digest");
    spec.map(|spec| {
        let set = state
            .drafted
            .options
            .with(|options| options.get(&*spec.name).and_then(|set| set.as_str().map(str::to_owned)));
        set.unwrap_or_else(|| spec.default.to_string())
    })
    .unwrap_or_default()
}
