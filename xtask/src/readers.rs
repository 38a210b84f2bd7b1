//! Samples of every format of exchange, read by other people's readers from PyPI.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::{step, target};

/// What is asked, and for how many seconds it may be installed. The last one has many dependencies, and is done without where that takes
/// longer.
const PACKAGES: [(&[&str], u64); 2] = [(&["numpy", "pillow", "pycocotools", "cityscapesScripts"], 60), (&["datumaro"], 60)];

/// Writes the samples and compares what the readers make of them. Where there is no Python, or no package can be installed, that is said,
/// and is no failure.
pub fn check() -> Result<(), String> {
    let Some(python) = python() else { return Ok(()) };
    let samples = target().join("format-samples");
    let _ = std::fs::remove_dir_all(&samples);
    let example = ["run", "--quiet", "--package", "labelwright-dataset", "--example", "format_samples", "--"];
    step("samples of every format", Command::new("cargo").args(example).arg(&samples))?;
    step("other people's readers", Command::new(python).arg("dataset/tools/check_formats.py").arg(&samples))
}

/// A Python that has the packages: the one that `READERS_PYTHON` names, or one of our own.
fn python() -> Option<PathBuf> {
    if let Some(given) = std::env::var_os("READERS_PYTHON") {
        return Some(given.into());
    }
    let folder = target().join("readers");
    let python = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    // One that was cut off while it was made has no pip, and is made anew.
    let made = works(&python, "import pip")
        || (!folder.exists() || std::fs::remove_dir_all(&folder).is_ok())
            && within(60, Command::new("python3").args(["-m", "venv"]).arg(&folder));
    for (packages, seconds) in PACKAGES.into_iter().filter(|_| made) {
        let module = if packages.len() > 1 { "pycocotools, cityscapesscripts" } else { packages[0] };
        if !works(&python, &format!("import {module}")) {
            within(seconds, Command::new(&python).args(["-m", "pip", "install", "--quiet"]).args(packages));
        }
    }
    if works(&python, "import numpy, PIL") {
        return Some(python);
    }
    eprintln!("\n== other people's readers: NOT RUN, because python3 with numpy and pillow can't be had here; READERS_PYTHON may name one");
    None
}

fn works(python: &Path, code: &str) -> bool {
    let status = Command::new(python).args(["-c", code]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

/// Runs a command for so many seconds at most; whether it ended well in that time.
fn within(seconds: u64, command: &mut Command) -> bool {
    let until = Instant::now() + Duration::from_secs(seconds);
    let Ok(mut child) = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn() else { return false };
    while Instant::now() < until {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) => std::thread::sleep(Duration::from_millis(100)),
            Err(_) => break,
        }
    }
    let _ = child.kill();
    let _ = child.wait();
    false
}
