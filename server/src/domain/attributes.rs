//! What a class asks about each of its objects: 'occluded?', 'stage', 'how many'.

use labelwright_dataset::{AttributeValue, Attributes};
use serde::{Deserialize, Serialize};

/// At most this many questions a class, choices a question, and answers an object.
pub const MAX_QUESTIONS: usize = 32;
const MAX_CHOICES: usize = 200;
const MAX_ANSWERS: usize = 100;
/// Longest name of a question or choice, and longest answer, in characters.
const MAX_NAME: usize = 100;
const MAX_TEXT: usize = 10_000;

/// One question of a class.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AttributeSpec {
    pub name: String,
    /// An object without an answer is warned of before it is handed in, where the project asks for that.
    #[serde(default)]
    pub required: bool,
    #[serde(flatten)]
    pub kind: AttributeKind,
}

/// How it is answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum AttributeKind {
    /// Free text of at most so many characters.
    Text {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_length: Option<usize>,
    },
    /// One of these words.
    Choice {
        options: Vec<String>,
    },
    Checkbox,
    Number {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<f64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<f64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<f64>,
    },
}

fn named(what: &str, name: &str) -> Result<(), String> {
    let fits = name.trim() == name && (1..=MAX_NAME).contains(&name.chars().count());
    if fits { Ok(()) } else { Err(format!("{what} has 1 to {MAX_NAME} characters and no blanks around it, not '{name}'")) }
}

/// Checks the questions of a class.
///
/// # Errors
/// Names the first one that can't be, and why.
pub fn check_specs(specs: &[AttributeSpec]) -> Result<(), String> {
    if specs.len() > MAX_QUESTIONS {
        return Err(format!("a class has at most {MAX_QUESTIONS} attributes"));
    }
    for (at, spec) in specs.iter().enumerate() {
        named("an attribute's name", &spec.name)?;
        if specs[..at].iter().any(|other| other.name == spec.name) {
            return Err(format!("attribute '{}' stands twice in a class", spec.name));
        }
        let name = &spec.name;
        match &spec.kind {
            AttributeKind::Choice { options } => {
                if options.is_empty() || options.len() > MAX_CHOICES {
                    return Err(format!("attribute '{name}' has 1 to {MAX_CHOICES} choices, not {}", options.len()));
                }
                for (at, option) in options.iter().enumerate() {
                    named("a choice", option)?;
                    if options[..at].contains(option) {
                        return Err(format!("attribute '{name}' has the choice '{option}' twice"));
                    }
                }
            }
            AttributeKind::Text { max_length: Some(length) } if !(1..=MAX_TEXT).contains(length) => {
                return Err(format!("the text of attribute '{name}' has at most 1 to {MAX_TEXT} characters, not {length}"));
            }
            AttributeKind::Number { min, max, step } => {
                let wrong = [min, max, step].into_iter().flatten().any(|number| !number.is_finite())
                    || matches!((min, max), (Some(min), Some(max)) if min > max)
                    || step.is_some_and(|step| step <= 0.0);
                if wrong {
                    return Err(format!("the numbers of attribute '{name}' need a minimum below the maximum, and a step above 0"));
                }
            }
            AttributeKind::Text { .. } | AttributeKind::Checkbox => {}
        }
    }
    Ok(())
}

impl AttributeSpec {
    /// What an answer must be, when this one is not.
    fn refuses(&self, value: &AttributeValue) -> Option<String> {
        match (&self.kind, value) {
            (AttributeKind::Checkbox, AttributeValue::Flag(_)) => None,
            (AttributeKind::Checkbox, _) => Some("yes or no".into()),
            (AttributeKind::Text { max_length }, AttributeValue::Text(text)) if text.chars().count() <= max_length.unwrap_or(1000) => None,
            (AttributeKind::Text { max_length }, _) => Some(format!("a text of at most {} characters", max_length.unwrap_or(1000))),
            // No answer is not a wrong one.
            (AttributeKind::Choice { options }, AttributeValue::Text(text)) if text.is_empty() || options.contains(text) => None,
            (AttributeKind::Choice { options }, _) => Some(format!("one of {}", options.join(", "))),
            (AttributeKind::Number { min, max, .. }, AttributeValue::Number(number))
                if number.is_finite() && *number >= min.unwrap_or(f64::NEG_INFINITY) && *number <= max.unwrap_or(f64::INFINITY) =>
            {
                None
            }
            (AttributeKind::Number { min, max, .. }, _) => Some(match (min, max) {
                (Some(min), Some(max)) => format!("a number from {min} to {max}"),
                (Some(min), None) => format!("a number of at least {min}"),
                (None, Some(max)) => format!("a number of at most {max}"),
                (None, None) => "a number".into(),
            }),
        }
    }
}

/// Checks the answers about one object. Answers to what the class doesn't ask (any more) are kept.
///
/// # Errors
/// Names the first answer that doesn't fit, and what would.
pub fn check_answers(specs: &[AttributeSpec], answers: &Attributes) -> Result<(), String> {
    if answers.len() > MAX_ANSWERS {
        return Err(format!("it has {} attributes; at most {MAX_ANSWERS} are taken", answers.len()));
    }
    for (name, value) in answers {
        let long = matches!(value, AttributeValue::Text(text) if text.chars().count() > MAX_TEXT);
        if long || name.chars().count() > MAX_NAME {
            return Err(format!("attribute '{}' is too long", name.chars().take(MAX_NAME).collect::<String>()));
        }
        if let Some(wanted) = specs.iter().find(|spec| spec.name == *name).and_then(|spec| spec.refuses(value)) {
            return Err(format!("attribute '{name}' must be {wanted}"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn specs() -> Vec<AttributeSpec> {
        serde_json::from_str(
            r#"[{"name":"stage","required":true,"kind":"choice","options":["early","late"]},{"name":"occluded","kind":"checkbox"},
                {"name":"count","kind":"number","min":0,"max":8,"step":1},{"name":"note","kind":"text","max_length":5}]"#,
        )
        .unwrap()
    }

    #[test]
    fn questions_are_checked_and_come_back_as_they_were() {
        let specs = specs();
        assert_eq!(check_specs(&specs), Ok(()));
        assert_eq!(serde_json::from_str::<Vec<AttributeSpec>>(&serde_json::to_string(&specs).unwrap()).unwrap(), specs);
        let refused = |json: &str| check_specs(&serde_json::from_str::<Vec<AttributeSpec>>(json).unwrap()).unwrap_err();
        assert!(refused(r#"[{"name":"a","kind":"checkbox"},{"name":"a","kind":"checkbox"}]"#).contains("twice"));
        assert!(refused(r#"[{"name":"a","kind":"choice","options":[]}]"#).contains("choices"));
        assert!(refused(r#"[{"name":" a","kind":"text"}]"#).contains("blanks"));
        assert!(refused(r#"[{"name":"a","kind":"number","min":3,"max":2}]"#).contains("minimum"));
        assert!(serde_json::from_str::<AttributeSpec>(r#"{"name":"a","kind":"colour"}"#).is_err());
    }

    #[test]
    fn answers_must_fit_their_questions() {
        let check = |json: &str| check_answers(&specs(), &serde_json::from_str(json).unwrap());
        assert_eq!(check(r#"{"stage":"late","occluded":true,"count":8,"note":"säöüx","not asked":"kept"}"#), Ok(()));
        assert_eq!(check(r#"{"stage":""}"#), Ok(()));
        for (json, said) in [
            (r#"{"stage":"never"}"#, "attribute 'stage' must be one of early, late"),
            (r#"{"occluded":"yes"}"#, "attribute 'occluded' must be yes or no"),
            (r#"{"count":9}"#, "attribute 'count' must be a number from 0 to 8"),
            (r#"{"note":"123456"}"#, "attribute 'note' must be a text of at most 5 characters"),
        ] {
            assert_eq!(check(json).unwrap_err(), said);
        }
    }
}
