//! The committed test vectors are what the code gives.

#![allow(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions here")]

#[path = "../examples/geometry_vectors.rs"]
mod generate;

#[test]
fn the_committed_vectors_are_what_the_code_gives() {
    let committed = std::fs::read_to_string(generate::PATH).unwrap();
    assert!(
        committed == generate::vectors(),
        "tests/golden/geometry.json differs from the code. If the change is meant, write the file anew with \
         `cargo run -p labelwright-dataset --example geometry_vectors`, and make the editor follow."
    );
}
