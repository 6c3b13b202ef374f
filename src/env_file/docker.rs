//! `docker run --env-file`: a line is a name, `=` and the value as it stands. There is no quoting at all, so what would
//! end the line cannot be held.
//!
//! Source: docker/cli, `pkg/kvfile/kvfile.go`: lines by Go's `bufio.Scanner`, which drops a carriage return before the
//! line feed and takes at most 64 KiB.

use super::Target;

pub static TARGET: Target = Target {
    id: "docker",
    label: "Docker",
    file_name: "docker.env",
    language: "sh",
    hint: "Give the file to `docker run --env-file docker.env`. Docker takes quotes as part of the value, so there are \
           none.",
    head: "",
    indent: "",
    assign,
};

/// The longest line, its line end included.
const MAX_LINE: usize = 64 * 1024;

fn assign(name: &str, value: &str) -> Result<String, String> {
    let line = format!("{name}={value}");
    if value.contains('\n') {
        Err("a line feed ends the value, and there is no quoting".into())
    } else if value.ends_with('\r') {
        Err("Docker drops a carriage return at the end of a line".into())
    } else if line.len() + 1 >= MAX_LINE {
        Err(format!("the line is {} bytes long, and Docker reads lines of less than {MAX_LINE}", line.len()))
    } else {
        Ok(line)
    }
}
