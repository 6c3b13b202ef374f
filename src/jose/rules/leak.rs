//! What looks like a credential: by its form, or by the name that it stands under.

/// What a text is by its form, if that is a credential: `an access key of AWS`.
pub fn shape(text: &str) -> Option<&'static str> {
    const PREFIXES: [(&str, usize, &str); 19] = [
        ("sk_live_", 24, "a live key of Stripe"),
        ("rk_live_", 24, "a live key of Stripe"),
        ("ghp_", 40, "a token of GitHub"),
        ("gho_", 40, "a token of GitHub"),
        ("ghu_", 40, "a token of GitHub"),
        ("ghs_", 40, "a token of GitHub"),
        ("ghr_", 40, "a token of GitHub"),
        ("github_pat_", 40, "a token of GitHub"),
        ("glpat-", 20, "a token of GitLab"),
        ("xoxb-", 20, "a token of Slack"),
        ("xoxa-", 20, "a token of Slack"),
        ("xoxp-", 20, "a token of Slack"),
        ("xoxr-", 20, "a token of Slack"),
        ("xoxs-", 20, "a token of Slack"),
        ("AIza", 39, "an API key of Google"),
        ("$2a$", 60, "a bcrypt hash of a password"),
        ("$2b$", 60, "a bcrypt hash of a password"),
        ("$2y$", 60, "a bcrypt hash of a password"),
        ("$argon2", 30, "an Argon2 hash of a password"),
    ];
    if text.contains("-----BEGIN ") && text.contains("PRIVATE KEY") {
        return Some("a private key");
    }
    if has_aws_key(text) {
        return Some("an access key of AWS");
    }
    let crypt = ["$1$", "$5$", "$6$", "$y$"].iter().any(|front| text.starts_with(front));
    if crypt && text.len() >= 30 {
        return Some("a crypt hash of a password");
    }
    let begins = |(front, length, _): &&(&str, usize, &str)| text.len() >= *length && text.starts_with(front);
    PREFIXES.iter().find(begins).map(|(_, _, what)| *what)
}

/// `AKIA` and 16 capitals or digits, anywhere.
fn has_aws_key(text: &str) -> bool {
    text.match_indices("AKIA").any(|(at, _)| {
        let rest = text.as_bytes().get(at + 4..at + 20);
        rest.is_some_and(|rest| rest.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()))
    })
}

/// Whether what stands under this name should not be read by others: `password`, `dbPassword`, `api_key`, `PIN`.
pub fn is_secret_name(name: &str) -> bool {
    /// Words that a name can end with, and the last two words, written as one.
    const ENDS: [&str; 22] = [
        "password",
        "passwd",
        "passphrase",
        "pwd",
        "secret",
        "otp",
        "totp",
        "pin",
        "cvv",
        "cvc",
        "secretkey",
        "privatekey",
        "apikey",
        "clientsecret",
        "totpsecret",
        "mfasecret",
        "securityanswer",
        "passwordhash",
        "passhash",
        "keysecret",
        "accesskeysecret",
        "pass",
    ];
    if name.len() > 64 {
        return false;
    }
    let words = words(name);
    let pair = words.last_chunk::<2>().map(|pair| pair.concat());
    let last = words.last().filter(|last| words.len() == 1 || *last != "pass");
    last.is_some_and(|last| ENDS.contains(&&**last)) || pair.is_some_and(|pair| ENDS.contains(&&*pair))
}

/// The words of a name, in small letters: `dbPassword`, `db_password` and `db-password` have the same.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let (mut open, mut was_lower) = (false, false);
    for c in name.chars() {
        if !c.is_ascii_alphanumeric() {
            (open, was_lower) = (false, false);
            continue;
        }
        if !open || (was_lower && c.is_ascii_uppercase()) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.push(c.to_ascii_lowercase());
        }
        (open, was_lower) = (true, c.is_ascii_lowercase());
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_show_by_their_form() {
        for text in [
            "AKIAIOSFODNN7EXAMPLE",
            "key=AKIAIOSFODNN7EXAMPLE;",
            "-----BEGIN RSA PRIVATE KEY-----\nMII",
            "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW",
        ] {
            assert!(shape(text).is_some(), "{text}");
        }
        for text in ["", "AKIA", "AKIAIOSFODNN7example", "sk_live_", "-----BEGIN PUBLIC KEY-----", "$1$"] {
            assert_eq!(shape(text), None, "{text}");
        }
    }

    #[test]
    fn names_are_compared_without_case_and_separators() {
        for name in [
            "password",
            "dbPassword",
            "user-passwd",
            "api_key",
            "apikey",
            "ClientSecret",
            "PRIVATE-KEY",
            "pin",
            "pass",
            "passwordHash",
        ] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in [
            "sub",
            "pinned",
            "amr",
            "passport",
            "secrets_count",
            "password_changed_at",
            "opinion",
            "bypass",
            "boarding_pass",
            "spinning",
            "",
        ] {
            assert!(!is_secret_name(name), "{name}");
        }
    }
}
