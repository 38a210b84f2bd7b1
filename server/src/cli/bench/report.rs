//! The closing table.

use std::fmt::{self, Display, Formatter};

use serde::Serialize;

use super::load::{Cost, Outcome, Scenario};

/// Every figure that was measured. Written as JSON with these names.
#[derive(Debug, Serialize)]
pub struct Report {
    /// `sqlite` or `postgres`.
    pub database: &'static str,
    /// Tasks of each measurement.
    pub tasks: usize,
    /// Until the first answer, with an empty database.
    pub first_start_seconds: Vec<f64>,
    /// The same with accounts in it.
    pub later_start_seconds: Vec<f64>,
    /// Resident memory a few seconds after a first start.
    pub idle_bytes: Vec<u64>,
    /// Resident memory after each round of measurements, uploads included.
    pub busy_bytes: Vec<u64>,
    /// The most that was ever resident.
    pub peak_bytes: u64,
    /// Load averages of the machine at the end; other programs' load is in them too.
    pub load_average: String,
    pub measured: Vec<Measured>,
}

/// One scenario and what came out, once for each round.
#[derive(Debug, Serialize)]
pub struct Measured {
    pub scenario: Scenario,
    pub outcomes: Vec<Outcome>,
}

impl Report {
    #[must_use]
    pub fn new(database: &str, tasks: usize) -> Self {
        Self {
            database: if postgres_name(database).is_some() { "postgres" } else { "sqlite" },
            tasks,
            first_start_seconds: Vec::new(),
            later_start_seconds: Vec::new(),
            idle_bytes: Vec::new(),
            busy_bytes: Vec::new(),
            peak_bytes: 0,
            load_average: String::new(),
            measured: Vec::new(),
        }
    }

    pub fn add(&mut self, scenario: Scenario, outcome: Outcome) {
        match self.measured.iter_mut().find(|measured| measured.scenario == scenario) {
            Some(measured) => measured.outcomes.push(outcome),
            None => self.measured.push(Measured { scenario, outcomes: vec![outcome] }),
        }
    }

    /// Tasks that more than one person got, in all measurements together.
    #[must_use]
    pub fn handed_out_twice(&self) -> usize {
        self.measured.iter().flat_map(|measured| &measured.outcomes).map(|outcome| outcome.handed_out_twice).sum()
    }
}

/// The database's name in a PostgreSQL address; none for SQLite.
#[must_use]
pub fn postgres_name(url: &str) -> Option<&str> {
    let (scheme, rest) = url.split_once("://")?;
    if !scheme.starts_with("postgres") {
        return None;
    }
    let (_, name) = rest.split('?').next()?.rsplit_once('/')?;
    Some(name)
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let megabytes = |bytes: &[u64]| bytes.iter().map(|bytes| *bytes as f64 / 1e6).collect::<Vec<f64>>();
        let milliseconds = |seconds: &[f64]| seconds.iter().map(|seconds| seconds * 1000.0).collect::<Vec<f64>>();
        writeln!(f, "{} · {} tasks a measurement · load averages {}", self.database, self.tasks, self.load_average)?;
        writeln!(f, "start, empty database    {} ms", spread(&milliseconds(&self.first_start_seconds), 0))?;
        writeln!(f, "start, later             {} ms", spread(&milliseconds(&self.later_start_seconds), 0))?;
        writeln!(f, "memory, idle             {} MB", spread(&megabytes(&self.idle_bytes), 1))?;
        writeln!(f, "memory, after the load   {} MB", spread(&megabytes(&self.busy_bytes), 1))?;
        writeln!(f, "memory, most ever        {:.1} MB", self.peak_bytes as f64 / 1e6)?;
        writeln!(f, "tasks handed out twice   {}", self.handed_out_twice())?;
        writeln!(f)?;
        let (cpu, postgres, wait) = ("CPU ms/request", "PostgreSQL CPU ms", "wait ms: middle, 95 %");
        writeln!(f, "request         workers   {cpu:<22}{:<24}{postgres:<22}{wait}", "requests/s")?;
        for measured in &self.measured {
            self.line(f, measured, "next", |outcome| &outcome.next)?;
            self.line(f, measured, "submit", |outcome| &outcome.submit)?;
        }
        write!(f, "CPU is that of the server's process (user and system); middle of the rounds, with the least and the most in brackets.")
    }
}

impl Report {
    fn line(&self, f: &mut Formatter<'_>, measured: &Measured, what: &str, cost: impl Fn(&Outcome) -> &Cost) -> fmt::Result {
        let column = |of: &dyn Fn(&Cost) -> f64, digits: usize| {
            spread(&measured.outcomes.iter().map(|outcome| of(cost(outcome))).collect::<Vec<f64>>(), digits)
        };
        let name = format!("{what} {}", measured.scenario.kind);
        let postgres = if self.database == "postgres" { column(&|cost| cost.postgres_cpu_ms, 2) } else { "–".to_owned() };
        let (cpu, speed) = (column(&|cost| cost.cpu_ms, 2), column(&|cost| cost.per_second, 0));
        let (middle, slow) = (column(&|cost| cost.median_ms, 1), column(&|cost| cost.p95_ms, 1));
        writeln!(f, "{name:<16}{:>7}   {cpu:<22}{speed:<24}{postgres:<22}{middle}, {slow}", measured.scenario.workers)
    }
}

/// The middle value, and the range when there are several.
pub(super) fn spread(values: &[f64], digits: usize) -> String {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.as_slice() {
        [] => "–".to_owned(),
        [one] => format!("{one:.digits$}"),
        [least, .., most] => format!("{:.digits$} ({least:.digits$}–{most:.digits$})", sorted[sorted.len() / 2]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_and_the_range_are_told() {
        assert_eq!(spread(&[3.0, 1.0, 2.0], 1), "2.0 (1.0–3.0)");
        assert_eq!((spread(&[1.26], 1), spread(&[], 1)), ("1.3".to_owned(), "–".to_owned()));
    }

    #[test]
    fn a_databases_name_is_found_in_its_address() {
        assert_eq!(postgres_name("postgres://me:secret@host:5432/bench?sslmode=disable"), Some("bench"));
        assert_eq!((postgres_name("sqlite:labels.db"), postgres_name("")), (None, None));
    }
}
