//! `cargo xtask test`: every test there is, with a PostgreSQL of its own and a real browser.
//! `cargo xtask readers`: samples of every dataset format, read by other people's readers.
//! `cargo xtask check`: formatting, clippy and types, with warnings denied.

mod postgres;
mod readers;

use std::{
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    time::Instant,
};

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let done = match args.first().map(String::as_str) {
        Some("test") => test(&args[1..]),
        Some("check") => check(),
        Some("readers") => readers::check(),
        _ => {
            Err("say 'cargo xtask test' (all tests; further words go to cargo test), 'cargo xtask readers' (dataset formats) or 'cargo xtask check' (format, clippy, types)".into())
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or_else(|| Path::new(".")).to_owned()
}

fn check() -> Result<(), String> {
    step("format", Command::new("cargo").args(["fmt", "--all", "--check"]))?;
    step("clippy", Command::new("cargo").args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    step("types of the editor", Command::new("npm").args(["run", "--silent", "check"]).current_dir(root().join("labeling-ui")))
}

fn test(args: &[String]) -> Result<(), String> {
    let given = std::env::var("TEST_POSTGRES_URL").ok();
    let server = if given.is_some() { None } else { Some(postgres::Server::start()?) };
    let url = given.or_else(|| server.as_ref().map(|server| server.url.clone())).unwrap_or_default();
    let mut cargo = Command::new("cargo");
    cargo.args(["test", "--workspace", "--tests", "--no-fail-fast"]).args(args).env("TEST_POSTGRES_URL", &url);
    step("tests in Rust", &mut cargo)?;
    if !args.is_empty() {
        return Ok(());
    }
    readers::check()?;
    step("tests of the editor's model", Command::new("npm").args(["test", "--silent"]).current_dir(root().join("labeling-ui")))?;
    step(
        "the editor beside a stand-in for the server",
        Command::new("npm").args(["run", "--silent", "test:browser"]).current_dir(root().join("labeling-ui")),
    )?;
    let program = target().join("debug").join("labelwright-under-test");
    let mut browser = Command::new("node");
    // One file after the other: each has a server and a browser of its own.
    browser.args(["--test", "--test-concurrency=1"]).args(browser_tests()?).env("LABELWRIGHT_PROGRAM", program);
    step("tests in a browser", &mut browser)
}

/// The files by name, because what node takes for a test in a folder differs from version to version.
fn browser_tests() -> Result<Vec<PathBuf>, String> {
    let folder = root().join("tests/browser");
    let entries = std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|path| path.to_string_lossy().ends_with(".test.mjs"));
    files.sort();
    if files.is_empty() { Err(format!("{} holds no tests", folder.display())) } else { Ok(files) }
}

/// Where cargo builds.
fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

fn step(name: &str, command: &mut Command) -> Result<(), String> {
    eprintln!("\n== {name}");
    let began = Instant::now();
    if command.get_current_dir().is_none() {
        command.current_dir(root());
    }
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command.status().map_err(|error| format!("{name}: '{program}' does not start ({error}); is it installed?"))?;
    eprintln!("== {name}: {} after {:.0} s", if status.success() { "passed" } else { "FAILED" }, began.elapsed().as_secs_f64());
    if status.success() { Ok(()) } else { Err(format!("{name} failed")) }
}
