//! Why a question to the engine has no answer, beside the place where the answer would stand.

use leptos::prelude::*;

use crate::app::parts::live::live;

use super::icon::{Glyph, Icon};
use crate::app::platform::engine::{Answer, EngineStatus};
use crate::app::state::State;

#[component]
pub fn Trouble(answer: Signal<Answer>) -> impl IntoView {
    let status = State::get().engine.status();
    let words = Memo::new(move |_| match status.get() {
        EngineStatus::Failed(why) => Some(why),
        _ => answer.with(|answer| answer.trouble.clone()),
    });
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
