//! What is to be signed, and what came out.

use serde::{Deserialize, Serialize};

use super::{Options, PayloadForm, Snippet, Step};
use crate::finding::Finding;
use crate::secret::SecretText;

/// What to make.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// The scheme's id.
    pub scheme: String,
    pub payload: PayloadDraft,
    /// The first signs.
    pub secrets: Vec<SecretText>,
    #[serde(with = "super::json_text")]
    pub options: Options,
    /// The cookie around the value.
    pub cookie: CookieDraft,
    /// Unix seconds, for schemes that write a time stamp.
    pub now: Option<i64>,
    /// Whether what is slow by design may run: the person asked for it. Without it a scheme refuses with
    /// [`Field::Patience`] and says what it would cost.
    pub patient: bool,
}

/// The payload as it was typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayloadDraft {
    pub form: PayloadForm,
    pub text: String,
}

/// A cookie's name and attributes (RFC 6265bis section 4.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CookieDraft {
    pub name: String,
    pub http_only: bool,
    pub secure: bool,
    pub same_site: Option<SameSite>,
    /// Not written if empty.
    pub path: String,
    /// Not written if empty: the cookie then goes to this host alone.
    pub domain: String,
    /// Seconds. Absent: until the browser is closed.
    pub max_age: Option<i64>,
    pub partitioned: bool,
}

impl Default for CookieDraft {
    /// The safe attributes.
    fn default() -> Self {
        Self {
            name: "__Host-session".into(),
            http_only: true,
            secure: true,
            same_site: Some(SameSite::Lax),
            path: "/".into(),
            domain: String::new(),
            max_age: None,
            partitioned: false,
        }
    }
}

/// RFC 6265bis section 5.6.7.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SameSite {
    Strict,
    Lax,
    None,
}

/// What came out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Signed {
    /// The value as the server's code sees it.
    pub value: String,
    /// The value as it stands in a header: percent-encoded where the framework does so.
    pub cookie_value: String,
    /// `Set-Cookie: …`; a second line where the framework sets a second cookie.
    pub set_cookie: String,
    /// A command for a POSIX shell that sends it.
    pub curl: String,
    /// The framework's own code for such a cookie, filled in but for the word `SECRET_ENV`. Empty if the framework does
    /// not read its secret as it was read here, or the code has no word for an option that is set.
    pub snippets: Vec<Snippet>,
    /// How it was made.
    pub steps: Vec<Step>,
    /// Remarks on the `Set-Cookie` line and the secret.
    pub findings: Vec<Finding>,
}

/// Why nothing could be made: which field, what, where, what to try.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignError {
    pub field: Field,
    pub message: String,
    pub hint: String,
    /// A byte offset into the field's text.
    pub at: Option<usize>,
}

/// The fields of a [`Draft`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Field {
    Scheme,
    Payload,
    Secret,
    /// The option of that name.
    Option(String),
    CookieName,
    /// The attribute of that name.
    Attribute(String),
    /// None of them: it is slow by design, and is made once [`Draft::patient`] is set.
    Patience,
}
