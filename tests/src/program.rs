//! The program, built with the same code and features as the tests.

use clap::Parser;

fn main() -> std::process::ExitCode {
    labelwright::cli::run(labelwright::cli::Cli::parse())
}
