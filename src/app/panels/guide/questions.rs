//! The questions of "Sessions, signed cookies or JWTs?", and the advice.

use keyjar::advice::{Advice, Answers, Change, QUESTIONS, advise};
use leptos::prelude::*;

use crate::app::parts::live::live;

#[component]
pub fn Questions() -> impl IntoView {
    let answers = RwSignal::new(Answers::default());
    let questions = QUESTIONS
        .iter()
        .enumerate()
        .map(|(asked, question)| {
            let choices = question
                .choices
                .iter()
                .map(|&(choice, label)| {
                    let chosen = move || answers.with(|answers| answers.get(asked) == Some(&Some(choice)));
                    let choose = move |_| {
                        answers.update(|answers| {
                            if let Some(answer) = answers.get_mut(asked) {
                                *answer = Some(choice);
                            }
                        });
                    };
                    view! {
                        <label>
                            <input type="radio" name=format!("question-{asked}") prop:checked=chosen on:change=choose />
                            {label}
                        </label>
                    }
                })
                .collect_view();
            view! {
                <fieldset>
                    <legend>{format!("{}. {}", asked + 1, question.text)}</legend>
                    {choices}
                </fieldset>
            }
        })
        .collect_view();
    let open = move || answers.with(|answers| answers.iter().filter(|answer| answer.is_none()).count());
    view! {
        <form class="questions live">{questions}</form>
        <section class="sheet advice" aria-live="polite" aria-label="Advice">
            {live(move || match advise(&answers.get()) {
                Some(advice) => advised(advice).into_any(),
                None => {
                    let open = open();
                    let questions = if open == 1 { "question" } else { "questions" };
                    view! { <p class="sheet-body quiet">{format!("The advice stands here: {open} {questions} to go.")}</p> }
                        .into_any()
                }
            })}
        </section>
    }
}

fn advised(advice: Advice) -> impl IntoView {
    let reasons = advice.reasons.into_iter().map(|reason| view! { <li>{reason}</li> }).collect_view();
    let changes = advice
        .changes
        .into_iter()
        .map(|Change { question, choice, kind }| {
            view! {
                <li>
                    <span class="quiet">{question}</span>
                    " "
                    <strong>{choice}</strong>
                    ": "
                    {kind.label()}
                </li>
            }
        })
        .collect_view();
    view! {
        <div class="sheet-body">
            <h2>{advice.kind.label()}</h2>
            <p>{advice.kind.summary()}</p>
            <h3>"Why"</h3>
            <ul class="plain">{reasons}</ul>
            <h3>"What would change it"</h3>
            <ul class="plain">{changes}</ul>
        </div>
    }
}
