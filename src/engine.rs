//! The engine's one door: a message of the page in, the answer out. The worker's program passes them on; tests call it.

use crate::inspect::inspect;
use crate::jose::key;
use crate::protocol::{self, Numbered, Request, Response};
use crate::scheme;
use crate::sign::sign;

/// Answers one message of the page: the bytes of a [`Numbered`] [`Request`] in, those of a [`Numbered`] [`Response`] out.
///
/// # Panics
/// On [`Request::Crash`], which is what it is for; and if the page and the engine are of different versions, which the
/// digests of the start script rule out. The page starts a crashed engine again.
pub fn answer(message: &[u8]) -> Vec<u8> {
    let Some(Numbered { number, body }) = protocol::from_bytes::<Numbered<Request>>(message) else {
        panic!("page and engine are of one version");
    };
    let body = match body {
        Request::Catalogue => {
            Response::Catalogue(scheme::ALL.iter().map(|scheme| scheme.about().clone()).collect())
        }
        Request::Inspect { input, ask } => Response::Inspected(Box::new(inspect(&input, &ask))),
        Request::Sign(draft) => Response::Signed(sign(&draft).map(Box::new)),
        Request::MakeKey(order) => Response::KeyMade(key::make::make(order)),
        Request::Crash => panic!("the engine was asked to crash"),
    };
    protocol::to_bytes(&Numbered { number, body })
}
