//! The time now, and times as the person's own clock shows them.

use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen::JsValue;

/// Often enough that "3 seconds ago" does not look stopped, seldom enough to cost nothing.
const TICK: Duration = Duration::from_secs(5);

/// Unix seconds.
pub fn now() -> i64 {
    (js_sys::Date::now() / 1000.0) as i64
}

/// Unix seconds, going on by itself.
pub fn ticking() -> ReadSignal<i64> {
    let (read, write) = signal(now());
    set_interval(move || write.set(now()), TICK);
    read
}

/// `2026-11-24 08:52:21` in the person's time zone. Nothing for a time that the browser's calendar does not reach.
pub fn local(unix: i64) -> Option<String> {
    let date = js_sys::Date::new(&JsValue::from_f64(unix as f64 * 1000.0));
    if date.get_time().is_nan() {
        return None;
    }
    Some(format!(
        "{}-{:02}-{:02} {:02}:{:02}:{:02}",
        date.get_full_year(),
        date.get_month() + 1,
        date.get_date(),
        date.get_hours(),
        date.get_minutes(),
        date.get_seconds()
    ))
}
