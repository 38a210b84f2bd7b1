//! Builds the browser editor and the page scripts with npm into `static/build`, so `cargo build` is the only command.

use std::{
    env,
    fs::File,
    io::ErrorKind,
    path::Path,
    process::{Command, exit},
    time::{SystemTime, UNIX_EPOCH},
};

const MANIFEST: &str = "../static/build/manifest.json";

fn main() {
    println!("cargo:rerun-if-env-changed=LABELING_UI_SKIP_NPM");
    for watched in ["editor/src", "pages", "package.json", "package-lock.json", "tsconfig.json", "build.mjs", MANIFEST] {
        // Cargo takes a watched path that is missing for changed, every time.
        if watched == MANIFEST || Path::new(watched).exists() {
            println!("cargo:rerun-if-changed={watched}");
        }
    }
    if env::var_os("LABELING_UI_SKIP_NPM").is_some() {
        return;
    }
    if modified("node_modules/.package-lock.json") < modified("package-lock.json") {
        npm(&["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
    }
    npm(&["run", "--silent", "build"]);
    // Cargo watches the manifest so that a deleted bundle is built again. It was written after this
    // script started, which alone would make every build rerun the script, so it is dated back.
    let dated = File::options().append(true).open(MANIFEST).and_then(|file| file.set_modified(UNIX_EPOCH));
    if let Err(error) = dated {
        fail(&format!("the build of the browser files left no usable {MANIFEST}: {error}."));
    }
}

fn modified(path: &str) -> Option<SystemTime> {
    Path::new(path).metadata().and_then(|metadata| metadata.modified()).ok()
}

fn npm(args: &[&str]) {
    let command = args.join(" ");
    let output = match Command::new("npm").args(args).output() {
        Ok(output) => output,
        Err(error) if error.kind() == ErrorKind::NotFound => fail(
            "npm was not found, and the browser files are built with it. Install Node.js 20 or newer (with npm), \
             or set LABELING_UI_SKIP_NPM=1 to build without browser files (the pages then have no scripts).",
        ),
        Err(error) => fail(&format!("`npm {command}` did not start: {error}.")),
    };
    if !output.status.success() {
        eprintln!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        fail(&format!(
            "`npm {command}` in labeling-ui failed ({}); its output stands above. It needs Node.js 20 or newer, and the \
             npm registry when packages are not installed yet. LABELING_UI_SKIP_NPM=1 leaves the browser files out.",
            output.status
        ));
    }
}

/// Stops the build with a message; a panic would bury it under a backtrace.
fn fail(message: &str) -> ! {
    eprintln!("labeling-ui: {message}");
    println!("cargo:warning=labeling-ui: {message}");
    exit(1);
}
