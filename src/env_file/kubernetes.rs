//! A Kubernetes Secret: `data` holds each value in padded Base64, which needs no quoting and holds anything.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Target, yaml};

pub static TARGET: Target = Target {
    id: "kubernetes",
    label: "Kubernetes",
    file_name: "secret.yaml",
    language: "yaml",
    hint: "Apply it with `kubectl apply -f secret.yaml` and read it with `envFrom`. Base64 hides nothing: keep the file \
           out of Git.",
    head: "apiVersion: v1\nkind: Secret\nmetadata:\n  name: app-secrets\ntype: Opaque\ndata:\n",
    indent: "  ",
    assign,
};

fn assign(name: &str, value: &str) -> Result<String, String> {
    Ok(format!("{name}: {}", yaml::quoted(&STANDARD.encode(value))))
}
