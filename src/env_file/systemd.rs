//! systemd's `EnvironmentFile=` (systemd.exec(5)): double quotes as a shell has them, in which a backslash makes `"`,
//! `\`, `` ` `` and `$` literal. Nothing is expanded: neither `$X` nor `%` specifiers, which only `Environment=` has.
//!
//! Source: systemd, `src/basic/env-file.c`; `src/basic/env-util.c` (`env_value_is_valid`) for what a value may hold.

use super::Target;

pub static TARGET: Target = Target {
    id: "systemd",
    label: "systemd",
    file_name: "app.env",
    language: "sh",
    hint: "Name the file in the unit, `EnvironmentFile=/etc/app/app.env`, and let only root read it: systemd reads it \
           before it drops privileges.",
    head: "",
    indent: "",
    assign,
};

fn assign(name: &str, value: &str) -> Result<String, String> {
    if let Some(odd) = value.chars().find(|&c| c.is_ascii_control() && !matches!(c, '\n' | '\t')) {
        return Err(format!("systemd ignores values with control characters, here U+{:04X}", u32::from(odd)));
    }
    let mut line = format!("{name}=\"");
    for c in value.chars() {
        if matches!(c, '"' | '\\' | '`' | '$') {
            line.push('\\');
        }
        line.push(c);
    }
    line.push('"');
    Ok(line)
}
