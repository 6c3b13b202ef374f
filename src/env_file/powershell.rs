//! PowerShell: `$env:NAME = '…'`. Nothing within single quotes means anything but the quote itself, which is doubled
//! (about_Quoting_Rules).
//!
//! Windows PowerShell 5.1 reads a script without a byte order mark in the system's code page, and an editor may change
//! its line ends. So a value that is more than printable ASCII is given as Base64 of its UTF-8.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Target;

pub static TARGET: Target = Target {
    id: "powershell",
    label: "PowerShell",
    file_name: "env.ps1",
    language: "powershell",
    hint: "Load the file with `. .\\env.ps1`. It holds for this session only.",
    head: "",
    indent: "",
    assign,
};

/// The longest value that Windows keeps, in UTF-16 units (SetEnvironmentVariable).
const MAX_UNITS: usize = 32_766;

fn assign(name: &str, value: &str) -> Result<String, String> {
    let units = value.encode_utf16().count();
    if value.is_empty() {
        Err("PowerShell before 7.5 removes a variable that is set to nothing".into())
    } else if units > MAX_UNITS {
        Err(format!("it is {units} UTF-16 units long, and Windows keeps at most {MAX_UNITS}"))
    } else if value.chars().all(|c| matches!(c, ' '..='~')) {
        Ok(format!("$env:{name} = '{}'", value.replace('\'', "''")))
    } else {
        let coded = STANDARD.encode(value);
        Ok(format!("$env:{name} = [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('{coded}'))"))
    }
}
