//! What the kernel counts of a process, from `/proc`.

use std::fs;

use anyhow::{Context, Result};

/// Clock ticks a second in `/proc/PID/stat`; Linux shows it as 100 on every platform to programs.
const TICKS: f64 = 100.0;

/// Processor time and memory of one process.
#[derive(Clone, Copy, Debug)]
pub struct Figures {
    /// User and system time of all its threads, living and ended.
    pub cpu_ms: f64,
    /// Resident memory in bytes.
    pub resident: u64,
    /// The most that was ever resident, in bytes.
    pub peak: u64,
}

impl Figures {
    /// # Errors
    /// There is no such process, or this is not Linux.
    pub fn of(pid: u32) -> Result<Self> {
        let read = |file: &str| {
            let path = format!("/proc/{pid}/{file}");
            fs::read_to_string(&path).with_context(|| format!("{path} can't be read; the measurement needs Linux and a living server"))
        };
        let cpu_ms = cpu_ms(&read("stat")?).context("/proc/PID/stat has an unknown form")?;
        let status = read("status")?;
        let kilobytes = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name))?;
            line.split_whitespace().nth(1)?.parse::<u64>().ok()
        };
        let (resident, peak) = kilobytes("VmRSS:").zip(kilobytes("VmHWM:")).context("/proc/PID/status has an unknown form")?;
        Ok(Self { cpu_ms, resident: resident * 1024, peak: peak * 1024 })
    }

    /// The machine's load averages, as the kernel writes them.
    #[must_use]
    pub fn load_average() -> String {
        let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        text.split_whitespace().take(3).collect::<Vec<_>>().join(" ")
    }
}

/// Processor time of the PostgreSQL processes on this machine that work for a database of that name; 0 when there are none.
#[must_use]
pub fn postgres_cpu_ms(database: &str) -> f64 {
    if database.is_empty() {
        return 0.0;
    }
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let processes = entries.filter(|entry| entry.file_name().to_str().is_some_and(|name| name.bytes().all(|b| b.is_ascii_digit())));
    processes
        .filter(|entry| {
            // PostgreSQL names its processes "postgres: USER DATABASE HOST what it does".
            let command = fs::read(entry.path().join("cmdline")).unwrap_or_default();
            let command = String::from_utf8_lossy(&command);
            let title = command.trim_end_matches('\0');
            title.starts_with("postgres:") && title.split_whitespace().any(|word| word == database)
        })
        .filter_map(|entry| cpu_ms(&fs::read_to_string(entry.path().join("stat")).ok()?))
        .sum()
}

/// Fields 14 and 15, user and system time, counted behind the program's name, which may have spaces and brackets.
fn cpu_ms(stat: &str) -> Option<f64> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut times = fields.split_whitespace().skip(11);
    let user: f64 = times.next()?.parse().ok()?;
    let system: f64 = times.next()?.parse().ok()?;
    Some((user + system) * 1000.0 / TICKS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_found_behind_a_strange_name() {
        assert_eq!(cpu_ms("7 (a) b (c) S 1 7 7 0 -1 4194560 1 2 3 4 25 17 0 0 20 0 9"), Some(420.0));
        assert_eq!(cpu_ms("nothing"), None);
        let own = Figures::of(std::process::id()).unwrap();
        assert!(own.resident > 1 << 20 && own.peak >= own.resident, "{own:?}");
    }
}
