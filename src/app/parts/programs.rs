//! Programs in several languages: a tab each, and a button that copies.

use keyjar::protocol::Snippet;
use leptos::prelude::*;

use super::copy_button::CopyButton;
use super::live::live;
use super::tabs::Tabs;

/// The sheet; nothing where there are no programs.
#[component]
pub fn Programs(
    /// Begins the ids of what is in it; different from every other in the page.
    id: &'static str,
    /// What a screen reader calls the tabs.
    label: &'static str,
    #[prop(into)] snippets: Signal<Vec<Snippet>>,
    /// What stands for the word `SECRET_ENV`.
    #[prop(into)]
    variable: Signal<&'static str>,
    /// What stands at the foot.
    #[prop(into)]
    foot: ViewFn,
) -> impl IntoView {
    let labels: Memo<Vec<String>> = Memo::new(move |_| {
        snippets.with(|snippets| snippets.iter().map(|snippet| snippet.file.to_string()).collect())
    });
    let chosen = RwSignal::new(0_usize);
    let text = Signal::derive(move || {
        let code = snippets.with(|snippets| {
            let snippet = snippets.get(chosen.get()).or_else(|| snippets.first());
            snippet.map(|snippet| snippet.code.to_string()).unwrap_or_default()
        });
        code.replace("SECRET_ENV", variable.get())
    });
    let shown_in = format!("{id}-text");
    live(move || {
        let labels = labels.get();
        // Another scheme's programs begin with the first.
        chosen.set(0);
        let (own, shown_in) = (shown_in.clone(), shown_in.clone());
        (!labels.is_empty()).then(|| {
            view! {
                <div class="sheet">
                    <Tabs id label tabs=labels chosen>
                        <pre class="sheet-body code is-program" id=own tabindex="0" role="region" aria-label="Program">
                            {text}
                        </pre>
                    </Tabs>
                    <div class="sheet-foot">
                        <span class="hint">{foot.run()}</span>
                        <CopyButton label="Copy program" text shown_in />
                    </div>
                </div>
            }
        })
    })
}
