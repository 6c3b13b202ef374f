//! A key in all its forms, for people.
use super::Jwk;
use crate::protocol::KeyReport;

impl Jwk {
    /// `RSA public key, 2048 bits, from a certificate that expires …`
    pub fn title(&self) -> String {
        self.key.title()
    }

    /// Everything that there is to say of it.
    pub fn report(&self, _now: Option<i64>) -> KeyReport {
        KeyReport {
            title: self.title(),
            is_secret: self.key.is_secret(),
            facts: vec![],
            forms: vec![],
            findings: vec![],
        }
    }
}
