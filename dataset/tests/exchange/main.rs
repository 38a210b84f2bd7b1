//! Every format of the registry that is both written and read is put to the same tests: what comes back is what went in, up to exactly the
//! losses that were reported; the same dataset gives the same bytes; an export that was cut off goes on to the same bytes.
//!
//! A new format is tested as soon as it stands in the registry; options beyond the defaults are listed in `variants`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests stand outside of test functions here")]

mod compare;
mod generate;
mod harness;
mod pixels;

use labelwright_dataset::formats::registry::{FORMATS, Format};
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

/// Options that are tested for each format beside the defaults.
fn variants(id: &str) -> Vec<Value> {
    let mut variants = vec![Value::Null];
    variants.extend(match id {
        "cityscapes" => vec![json!({"ids": "classes"})],
        "coco" => vec![json!({"rle": "counts", "masks": "polygons"})],
        "manifest" => vec![json!({"areas": "boxes"}), json!({"base": "s3://bucket/a folder"})],
        "png-masks" => vec![json!({"palette": false, "instances": false})],
        "voc" => vec![json!({"palette": "voc"})],
        "yolo" | "yolo-seg" => vec![json!({"decimals": 6})],
        _ => Vec::new(),
    });
    variants
}

fn both_ways() -> impl Iterator<Item = &'static Format> {
    FORMATS.iter().copied().filter(|format| format.writer.is_some() && format.reader.is_some())
}

fn for_all(cases: u32, test: impl Fn(&'static Format, &Value, &generate::Dataset) -> Result<(), String>) {
    // `FORMAT=coco CASES=5000 cargo test --test exchange` tries one format, and longer.
    let only = std::env::var("FORMAT").ok();
    let cases = std::env::var("CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(cases);
    let chosen: Vec<_> = both_ways().filter(|format| only.as_deref().is_none_or(|only| only == format.id)).collect();
    assert!(!chosen.is_empty(), "there is no format {only:?}");
    for format in chosen {
        for options in variants(format.id) {
            let config = Config { cases, failure_persistence: None, ..Config::default() };
            let result = TestRunner::new(config)
                .run(&generate::dataset(), |dataset| test(format, &options, &dataset).map_err(proptest::test_runner::TestCaseError::fail));
            if let Err(error) = result {
                panic!("{} with {options}: {error}", format.id);
            }
        }
    }
}

#[test]
fn what_was_written_comes_back() {
    for_all(96, harness::comes_back);
}

#[test]
fn the_same_dataset_gives_the_same_bytes() {
    for_all(12, harness::same_bytes);
}

#[test]
fn an_export_goes_on_where_it_was_cut_off() {
    for_all(12, harness::goes_on);
}

#[test]
fn a_writer_remembers_no_more_after_many_images() {
    for format in both_ways() {
        harness::remembers_little(format);
    }
}

#[test]
fn ids_differ_and_options_have_defaults() {
    let ids: std::collections::BTreeSet<_> = FORMATS.iter().map(|format| format.id).collect();
    assert_eq!(ids.len(), FORMATS.len());
    let nonsense = json!({"no such option": 1});
    for format in FORMATS.iter().filter(|format| format.writer.is_some()) {
        let schema = labelwright_dataset::Schema::default();
        assert!(format.writer.unwrap()(&schema, &nonsense, None).is_err(), "{}: unknown options are refused", format.id);
        let mut given = serde_json::Map::new();
        for option in format.options.iter().filter(|option| !option.reading) {
            use labelwright_dataset::formats::registry::OptionKind;
            let value = match option.kind {
                OptionKind::Flag(on) => json!(on),
                OptionKind::Choice(choices) => json!(choices[0]),
                OptionKind::Number(number) if number.fract() == 0.0 => json!(number as i64),
                OptionKind::Number(number) => json!(number),
                OptionKind::Words => json!([]),
            };
            given.insert(option.name.to_owned(), value);
        }
        let made = format.writer.unwrap()(&schema, &Value::Object(given), None);
        assert!(made.is_ok(), "{}: {:?}", format.id, made.err());
    }
}
