//! A running `labelwright serve`.

use std::{
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, Command, Output, Stdio},
};

/// The program with a clean environment and a data folder of its own.
pub fn program(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_labelwright-under-test"));
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).current_dir(data.parent().unwrap());
    command.env("LABELWRIGHT_DATA", data);
    command
}

pub fn run(data: &Path, args: &[&str]) -> Output {
    program(data).args(args).stdin(Stdio::null()).output().unwrap()
}

pub struct Serving {
    child: Child,
    pub url: String,
    /// The one-time link of the first start.
    pub link: Option<String>,
}

impl Serving {
    /// Starts the server and waits until it has printed its address.
    pub fn start(data: &Path, args: &[&str]) -> Self {
        let mut child = program(data)
            .args(["serve", "--listen", "127.0.0.1:0", "--log", "warn"])
            .args(args)
            .stdout(Stdio::piped())
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (mut url, mut link) = (None, None);
        for line in lines.by_ref() {
            let line = line.unwrap();
            if let Some((_, address)) = line.split_once("serves on ") {
                url = Some(address.trim().to_owned());
            }
            if line.contains("/welcome/") {
                link = Some(line.trim().to_owned());
            }
            if line.contains("Stop: Ctrl-C") {
                break;
            }
        }
        // What is printed later must not block the program.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, url: url.expect("the server printed its address"), link }
    }

    /// Ends it as the machine does when it has no mercy: SIGKILL.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Ends it as a service manager does; its exit status.
    pub fn terminate(mut self) -> std::process::ExitStatus {
        Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        self.child.wait().unwrap()
    }
}

pub fn text(bytes: &[u8]) -> String {
    let mut out = String::new();
    let mut reader = bytes;
    reader.read_to_string(&mut out).unwrap();
    out
}
