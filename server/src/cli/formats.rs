//! `labelwright formats`, and what the commands that read and write datasets share.

use std::process::ExitCode;

use anyhow::Context as _;
use labelwright_dataset::{
    exchange::Losses,
    formats::registry::{self, OptionKind},
};
use serde_json::{Map, Value};

pub fn run() -> ExitCode {
    println!("{:<16} {:<6} {:<6}", "format", "export", "import");
    for format in registry::FORMATS {
        let mark = |yes: bool| if yes { "yes" } else { "-" };
        let (writes, reads) = (mark(format.writer.is_some()), mark(format.reader.is_some()));
        println!("{:<16} {writes:<6} {reads:<6} {}: {}", format.id, format.title, format.about);
        for option in format.options {
            let (name, side) = (option.name, if option.reading { "reading" } else { "writing" });
            println!("{:<30} option {name} ({side}, {}): {}", "", default(option.kind), option.about);
        }
    }
    ExitCode::SUCCESS
}

/// What an option is when nobody chooses.
fn default(kind: OptionKind) -> String {
    match kind {
        OptionKind::Flag(on) => on.to_string(),
        OptionKind::Choice(choices) => choices.join(" | "),
        OptionKind::Number(number) => number.to_string(),
        OptionKind::Words => "words".to_owned(),
    }
}

/// A format's options from words like `split=true` or `quality=90`; values that are no JSON are text.
///
/// # Errors
/// A word has no `=`.
pub fn options(words: &[String]) -> anyhow::Result<Value> {
    let option = |word: &String| {
        let (name, value) = word.split_once('=').with_context(|| format!("'{word}' is not of the form name=value"))?;
        Ok((name.trim().replace('-', "_"), serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.to_owned()))))
    };
    Ok(Value::Object(words.iter().map(option).collect::<anyhow::Result<Map<_, _>>>()?))
}

/// One line for each kind of loss.
pub fn losses_in_words(losses: &Losses) -> Vec<String> {
    losses.iter().map(|(loss, lost)| format!("lost       {} ({}; {})", loss.in_words(), lost.count, lost.images.join(", "))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_json_or_text() {
        let words = ["split=true", "pack-label = 3", "root=a b", "empty="].map(str::to_owned);
        let options = options(&words).unwrap();
        assert_eq!(options, serde_json::json!({ "split": true, "pack_label": 3, "root": "a b", "empty": "" }));
        assert!(super::options(&["split".to_owned()]).is_err());
    }
}
