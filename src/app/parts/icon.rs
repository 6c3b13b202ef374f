//! Icons: strokes on 16 or 24 units, in the colour of their words. They say nothing that a word beside them does not.

use leptos::prelude::*;

use crate::app::parts::live::by;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glyph {
    Jar,
    Key,
    Lens,
    Pen,
    Book,
    Shield,
    ShieldEmpty,
    Broom,
    Half,
    Sun,
    Moon,
    Copy,
    Again,
    Save,
    Open,
    Check,
    Cross,
    Plus,
    Minus,
    Down,
    Right,
    Arrow,
    Back,
    Eye,
    EyeShut,
    Warning,
    Note,
    /// The verdicts, each in an outline of its own.
    Valid,
    Invalid,
    But,
    Unchecked,
}

#[component]
pub fn Icon(#[prop(into)] glyph: Signal<Glyph>) -> impl IntoView {
    view! {
        <svg class="icon" viewBox=by(move || glyph.get().view_box()) aria-hidden="true">
            <path d=by(move || glyph.get().path()) stroke-dasharray=by(move || glyph.get().dashes()) />
            // The theme's icon is half filled.
            <path d=by(move || glyph.get().filled()) fill="currentColor" stroke="none" />
        </svg>
    }
}

impl Glyph {
    const fn view_box(self) -> &'static str {
        match self {
            Self::Jar | Self::Valid | Self::Invalid | Self::But | Self::Unchecked => "0 0 24 24",
            _ => "0 0 16 16",
        }
    }

    const fn dashes(self) -> Option<&'static str> {
        match self {
            Self::Unchecked => Some("3.6 3.66"),
            _ => None,
        }
    }

    const fn filled(self) -> Option<&'static str> {
        match self {
            Self::Half => Some("M8 2.5a5.5 5.5 0 0 1 0 11z"),
            _ => None,
        }
    }

    const fn path(self) -> &'static str {
        match self {
            Self::Jar => {
                "M7.5 3.5h9M8.5 3.5v3M15.5 3.5v3M8 6.5h8c1.9 1 3 2.6 3 4.5v6.5a3 3 0 0 1-3 3H8a3 3 0 0 1-3-3V11c0-1.9 \
                 1.1-3.5 3-4.5zM10.25 12.5a1.75 1.75 0 1 0 3.5 0a1.75 1.75 0 1 0-3.5 0M12 14.25v2.75"
            }
            Self::Key => "M2.5 10.5a3 3 0 1 0 6 0a3 3 0 1 0-6 0M7.7 8.3 13.5 2.5M11 5l2 2",
            Self::Lens => "M2.5 7a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0M10.5 10.5l3 3",
            Self::Pen => "M9.5 4l2.5 2.5M2.5 13.5l.75-3.25 8-8 2.5 2.5-8 8z",
            Self::Book => {
                "M8 4c-1.5-1-3.5-1.25-5.5-1v9.5c2-.25 4 0 5.5 1 1.5-1 3.5-1.25 5.5-1V3C11.5 2.75 9.5 3 8 4zM8 4v9.5"
            }
            Self::Shield => {
                "M8 1.75 13 3.5v4c0 3.25-2 5.5-5 6.75-3-1.25-5-3.5-5-6.75v-4zM5.75 8l1.5 1.5 3-3.25"
            }
            Self::ShieldEmpty => "M8 1.75 13 3.5v4c0 3.25-2 5.5-5 6.75-3-1.25-5-3.5-5-6.75v-4z",
            Self::Broom => "M13.5 2.5 9 7M6.5 6.5l3 3-3.5 4.25c-1.5-.25-3-1.75-3.75-3.75zM4.5 11l1.5-1",
            Self::Half => "M2.5 8a5.5 5.5 0 1 0 11 0a5.5 5.5 0 1 0-11 0",
            Self::Sun => {
                "M5 8a3 3 0 1 0 6 0a3 3 0 1 0-6 0M8 1.25v1.5M8 13.25v1.5M1.25 8h1.5M13.25 8h1.5M3.25 3.25l1 1M11.75 \
                 11.75l1 1M12.75 3.25l-1 1M4.25 11.75l-1 1"
            }
            Self::Moon => "M13.25 9.75A5.75 5.75 0 0 1 6.25 2.75a5.5 5.5 0 1 0 7 7z",
            Self::Copy => {
                "M7 5.5h5a1.5 1.5 0 0 1 1.5 1.5v5a1.5 1.5 0 0 1-1.5 1.5H7A1.5 1.5 0 0 1 5.5 12V7A1.5 1.5 0 0 1 7 \
                 5.5zM3.5 10.5h-.25a.75.75 0 0 1-.75-.75V3.25a.75.75 0 0 1 .75-.75h6.5a.75.75 0 0 1 .75.75v.25"
            }
            Self::Again => "M13.25 8a5.25 5.25 0 1 1-1.5-3.7M13.25 2v3h-3",
            Self::Save => "M8 2.5v7.5M5 7.25l3 3 3-3M2.75 13.25h10.5",
            Self::Open => "M4 1.75h5l3.25 3.25v9.25H4zM9 1.75V5h3.25",
            Self::Check => "M3 8.5l3.25 3.25L13 5",
            Self::Cross => "M4 4l8 8M12 4l-8 8",
            Self::Plus => "M8 3v10M3 8h10",
            Self::Minus => "M4 8h8",
            Self::Down => "M4 6.25l4 4 4-4",
            Self::Right => "M6.25 4l4 4-4 4",
            Self::Arrow => "M3 8h10M9 4l4 4-4 4",
            Self::Back => "M13 8H3M7 4L3 8l4 4",
            Self::Eye => {
                "M1.5 8C3 5.25 5.25 3.75 8 3.75S13 5.25 14.5 8c-1.5 2.75-3.75 4.25-6.5 4.25S3 10.75 1.5 8zM6.25 8a1.75 \
                 1.75 0 1 0 3.5 0a1.75 1.75 0 1 0-3.5 0"
            }
            Self::EyeShut => {
                "M1.5 8C3 5.25 5.25 3.75 8 3.75S13 5.25 14.5 8c-1.5 2.75-3.75 4.25-6.5 4.25S3 10.75 1.5 8zM3 13 13 3"
            }
            Self::Warning => "M8 2.25 14.5 13.5h-13zM8 6.5v3.25M8 11.5v.01",
            Self::Note => "M2.25 8a5.75 5.75 0 1 0 11.5 0a5.75 5.75 0 1 0-11.5 0M8 7.5v3.25M8 5.25v.01",
            Self::Valid => "M2.75 12a9.25 9.25 0 1 0 18.5 0a9.25 9.25 0 1 0-18.5 0M7.75 12.5l3 3 5.75-6.5",
            Self::Invalid => {
                "M6 3h12a3 3 0 0 1 3 3v12a3 3 0 0 1-3 3H6a3 3 0 0 1-3-3V6a3 3 0 0 1 3-3zM8.5 8.5l7 7M15.5 8.5l-7 7"
            }
            Self::But => "M12 3 22 20.5H2zM12 9.5v5M12 17.4v.01",
            Self::Unchecked => "M2.75 12a9.25 9.25 0 1 0 18.5 0a9.25 9.25 0 1 0-18.5 0",
        }
    }
}
