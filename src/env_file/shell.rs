//! `export` lines for a POSIX shell (XCU section 2.2.2): nothing within single quotes means anything, so a value only
//! has to leave them for each quote of its own.

use super::Target;

pub static TARGET: Target = Target {
    id: "shell",
    label: "Shell",
    file_name: "env.sh",
    language: "sh",
    hint: "Load the file with `. ./env.sh`. A line that is typed stays in the shell's history.",
    head: "",
    indent: "",
    assign,
};

fn assign(name: &str, value: &str) -> Result<String, String> {
    Ok(format!("export {name}='{}'", value.replace('\'', r"'\''")))
}
