//! How long something has been running.

use std::time::Duration;

use leptos::leptos_dom::helpers::IntervalHandle;
use leptos::prelude::*;

/// Seconds since `is_running` came true; 0 while it is not.
pub fn elapsed(is_running: Memo<bool>) -> ReadSignal<u32> {
    let (seconds, set_seconds) = signal(0);
    let clock = StoredValue::new_local(None::<IntervalHandle>);
    let stop = move || {
        if let Some(Some(clock)) = clock.try_update_value(Option::take) {
            clock.clear();
        }
    };
    let tick = move || {
        // Gone with the place that shows it.
        let _ = set_seconds.try_update(|seconds| *seconds += 1);
    };
    Effect::new(move |_| {
        stop();
        set_seconds.set(0);
        if is_running.get() {
            clock.set_value(set_interval_with_handle(tick, Duration::from_secs(1)).ok());
        }
    });
    on_cleanup(stop);
    seconds
}
