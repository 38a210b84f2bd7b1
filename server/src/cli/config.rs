//! `labelwright config`.

use std::process::ExitCode;

use crate::{config::Config, context::without_password};

/// Prints the settings in force as TOML that could be saved as `labelwright.toml`; passwords are left out.
pub fn run(config: &Config) -> anyhow::Result<ExitCode> {
    let mut shown = config.clone();
    shown.database = without_password(&shown.database_url());
    println!("# Save as labelwright.toml, or set LABELWRIGHT_LISTEN, LABELWRIGHT_DATA, … in the environment.");
    print!("{}", toml::to_string(&shown)?);
    Ok(ExitCode::SUCCESS)
}
