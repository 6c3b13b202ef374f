//! Docker Compose: `environment:` of a service. A YAML string, in which Compose then replaces `$X` and `${X}`; `$$`
//! stands for a dollar sign (Compose file reference, "Interpolation").

use super::{Target, yaml};

pub static TARGET: Target = Target {
    id: "compose",
    label: "Compose",
    file_name: "compose.override.yaml",
    language: "yaml",
    hint: "Compose merges this file into `compose.yaml`; put your service's name for `app`. A dollar sign is doubled, \
           because Compose replaces `$X` by a variable.",
    head: "services:\n  app:\n    environment:\n",
    indent: "      ",
    assign,
};

fn assign(name: &str, value: &str) -> Result<String, String> {
    Ok(format!("{name}: {}", yaml::quoted(&value.replace('$', "$$"))))
}
