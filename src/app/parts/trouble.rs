//! Why a question to the engine has no answer, beside the place where the answer would stand.

use leptos::prelude::*;

use crate::app::parts::live::live;

use super::icon::{Glyph, Icon};
use crate::app::platform::engine::Answer;

#[component]
pub fn Trouble(answer: Signal<Answer>) -> impl IntoView {
    let words = Memo::new(move |_| answer.with(|answer| answer.trouble.clone()));
    view! {
        <div role="status">
            {live(move || {
                words.get().map(|words| {
                    view! {
                        <p class="error">
                            <Icon glyph=Glyph::Warning />
                            <span>{words}</span>
                        </p>
                    }
                })
            })}
        </div>
    }
}
