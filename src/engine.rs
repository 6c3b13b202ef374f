//! The engine's one door: a message of the page in, the answer out. The worker's program passes them on; tests call it.

use crate::inspect::inspect;
use crate::protocol::{Numbered, Request, Response};
use crate::scheme;
use crate::sign::sign;

/// Answers one message of the page: JSON of a [`Numbered`] [`Request`] in, JSON of a [`Numbered`] [`Response`] out.
///
/// # Panics
/// On [`Request::Crash`], which is what it is for; and if the page and the engine are of different versions, which the
/// digests of the start script rule out. The page starts a crashed engine again.
pub fn answer(message: &str) -> String {
    let Numbered { number, body } =
        serde_json::from_str::<Numbered<Request>>(message).expect("page and engine are of one version");
    let body = match body {
        Request::Catalogue => {
            Response::Catalogue(scheme::ALL.iter().map(|scheme| scheme.about().clone()).collect())
        }
        Request::Inspect { input, ask } => Response::Inspected(Box::new(inspect(&input, &ask))),
        Request::Sign(draft) => Response::Signed(sign(&draft).map(Box::new)),
        Request::Crash => panic!("the engine was asked to crash"),
    };
    serde_json::to_string(&Numbered { number, body }).expect("plain data can be written as JSON")
}
