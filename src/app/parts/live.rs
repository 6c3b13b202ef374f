//! What keeps the page small: closures in views, given one type for all.
//!
//! Leptos compiles its drawing code anew for every type of closure in a view, a kilobyte or two each time. Behind a
//! `Box` they are all of one type.

use leptos::prelude::*;

/// A part of a view that is drawn again whenever what `draw` reads changes.
pub fn live<V: IntoAny>(draw: impl Fn() -> V + Send + 'static) -> Box<dyn Fn() -> AnyView + Send> {
    Box::new(move || draw().into_any())
}

/// An attribute's value that is set again whenever what `value` reads changes.
pub fn by<T>(value: impl Fn() -> T + Send + 'static) -> Box<dyn Fn() -> T + Send> {
    Box::new(value)
}

/// What is done when an event is heard.
pub fn heard<E>(act: impl FnMut(E) + 'static) -> Box<dyn FnMut(E)> {
    Box::new(act)
}
