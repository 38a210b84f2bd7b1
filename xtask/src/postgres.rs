//! A throwaway PostgreSQL in a temporary folder on a free port of the loopback.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

pub struct Server {
    pub url: String,
    folder: PathBuf,
    bin: PathBuf,
}

impl Server {
    /// # Errors
    /// PostgreSQL is not installed, or does not start.
    pub fn start() -> Result<Self, String> {
        let bin = find()?;
        let folder = std::env::temp_dir().join(format!("labelwright-postgres-{}", std::process::id()));
        std::fs::create_dir_all(&folder).map_err(|e| e.to_string())?;
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(&folder))?;
        }
        let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).map_err(|e| e.to_string())?.port();
        let server = Self { url: format!("postgres://postgres@127.0.0.1:{port}/postgres"), folder, bin };
        let data = server.data();
        run(server.command("initdb").arg("-D").arg(&data).args(["-A", "trust", "-U", "postgres", "--no-sync"]))?;
        // Nothing here has to survive a power cut; the server's own tests of that use SQLite.
        let options = format!(
            "-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={} -c fsync=off -c max_connections=400",
            server.folder.display()
        );
        run(server.command("pg_ctl").arg("-D").arg(&data).arg("-l").arg(server.folder.join("log")).args(["-w", "start", "-o", &options]))?;
        Ok(server)
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// PostgreSQL refuses to run as root, so root runs it as the user that its package made.
    fn command(&self, program: &str) -> Command {
        let path = self.bin.join(program);
        if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(path);
            command
        } else {
            Command::new(path)
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Err(error) = run(self.command("pg_ctl").arg("-D").arg(self.data()).args(["-m", "immediate", "stop"])) {
            eprintln!("xtask: PostgreSQL did not stop: {error}");
        }
        if let Err(error) = std::fs::remove_dir_all(&self.folder) {
            eprintln!("xtask: {} is left behind: {error}", self.folder.display());
        }
    }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|out| out.stdout.trim_ascii() == b"0")
}

/// Debian keeps the programs out of the path, by version.
fn find() -> Result<PathBuf, String> {
    let mut places: Vec<PathBuf> =
        std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|e| e.path().join("bin")).collect();
    places.sort();
    places.reverse();
    places.extend(std::env::var_os("PATH").iter().flat_map(std::env::split_paths));
    places
        .into_iter()
        .find(|place| place.join("initdb").is_file())
        .ok_or_else(|| "PostgreSQL is not installed (apt-get install postgresql); without it half of the tests would not run".into())
}

fn run(command: &mut Command) -> Result<(), String> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).current_dir(Path::new("/"));
    let status = command.status().map_err(|e| format!("{:?} does not start: {e}", command.get_program()))?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} failed: {status}")) }
}
