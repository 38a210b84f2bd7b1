//! The program `labelwright`.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    labelwright::cli::run(labelwright::cli::Cli::parse())
}
