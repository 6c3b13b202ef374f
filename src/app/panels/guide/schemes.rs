//! The list of "Every scheme that Keyjar knows": the engine's own.

use keyjar::scheme::About;
use leptos::prelude::*;

use crate::app::parts::live::live;
use crate::app::parts::scheme_select::by_language;
use crate::app::state::State;

#[component]
pub fn SchemeList() -> impl IntoView {
    let catalogue = State::get().catalogue;
    let list = move || {
        catalogue.with(|all| {
            if all.is_empty() {
                return view! { <p class="quiet">"The engine is still loading."</p> }.into_any();
            }
            by_language(all).into_iter().map(language).collect::<Vec<_>>().into_any()
        })
    };
    view! { <div class="prose">{live(list)}</div> }
}

fn language((name, schemes): (&str, Vec<&About>)) -> AnyView {
    view! {
        <h2>{name.to_owned()}</h2>
        <dl class="terms">{schemes.into_iter().map(scheme).collect::<Vec<_>>()}</dl>
    }
    .into_any()
}

fn scheme(about: &About) -> AnyView {
    let names = about.cookie_names.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let cookies =
        (!names.is_empty()).then(|| view! { <span class="not">"Cookie: "<code>{names}</code></span> });
    view! {
        <dt><a href=about.docs.to_string() target="_blank" rel="noopener noreferrer">{about.title.to_string()}</a></dt>
        <dd><code>{about.built.to_string()}</code>{cookies}</dd>
    }
    .into_any()
}
