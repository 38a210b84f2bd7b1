//! `labelwright tune`: a search for better settings of a head or a network on a labeled folder, without a server.

mod file;
mod head;
mod journal;
mod network;

use std::{
    fs,
    ops::ControlFlow,
    path::PathBuf,
    process::ExitCode,
    sync::{Mutex, PoisonError},
    thread,
    time::Instant,
};

use anyhow::{Context as _, bail};
use labelwright_tune::{
    Plan, Settings, Space,
    bayes::{MAX_PARENTS, Outcome, Trial},
};

use file::File;
use journal::{Journal, Line};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// What is searched on what; given as --config.
    #[arg(skip)]
    pub(super) search: Option<PathBuf>,
}

/// What trials are made of.
trait Subject: Sync {
    /// The settings that there were before, if every parameter has one.
    fn baseline(&self, space: &Space) -> Option<Settings>;

    /// Runs a trial: `told` hears the mean IoU after each epoch and may end it. Returns the last one.
    fn run(&self, number: usize, settings: &Settings, told: &mut dyn FnMut(f64) -> ControlFlow<()>) -> anyhow::Result<f64>;

    /// Mean IoU of a trial's settings on images that no trial saw, if some were kept for it.
    fn test(&self, number: usize, settings: &Settings) -> anyhow::Result<Option<f64>>;
}

/// # Errors
/// The file or the data can't be read, or a result can't be written; the trials before are kept.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let path = args.search.as_ref().context("say what to search with --config search.toml; docs/tuning.md describes the file")?;
    let shown = path.display();
    let text = fs::read_to_string(path).with_context(|| format!("{shown} can't be read"))?;
    let file: File = toml::from_str(&text).with_context(|| format!("{shown} describes no search"))?;
    if !(0.0..1.0).contains(&(file.validation + file.test)) || file.validation <= 0.0 || file.test < 0.0 {
        bail!("'validation' and 'test' are shares that leave something to learn from");
    }
    if !(1..=64).contains(&file.parallel) {
        bail!("'parallel' is between 1 and 64");
    }
    let subject: Box<dyn Subject> = match file.model.as_str() {
        "head" => Box::new(head::Head::new(&file)?),
        _ => Box::new(network::Networks::new(&file)?),
    };
    let plan = Plan {
        space: file.space.clone(),
        strategy: file.strategy,
        trials: file.trials,
        seed: file.seed,
        stopping: file.stopping,
        baseline: subject.baseline(&file.space),
    };
    plan.check()?;
    let search = Search::begin(&file, plan)?;
    search.follow(subject.as_ref(), file.parallel)?;
    search.conclude(subject.as_ref(), &file)
}

/// A search under way.
struct Search {
    plan: Plan,
    journal: Journal,
    earlier: Vec<Trial>,
    shared: Mutex<Shared>,
}

#[derive(Default)]
struct Shared {
    /// In the order in which they were begun; None while they run.
    trials: Vec<(Settings, Option<Line>)>,
    courses: Vec<Vec<f64>>,
}

impl Search {
    fn begin(file: &File, plan: Plan) -> anyhow::Result<Self> {
        if file.learn_from.len() > usize::from(MAX_PARENTS) {
            bail!("a search learns from at most {MAX_PARENTS} earlier ones");
        }
        let mut earlier = Vec::new();
        for (path, search) in file.learn_from.iter().zip(1u8..) {
            earlier.extend(journal::read(path)?.iter().map(|line| line.seen(search)));
        }
        let (journal, mut lines) = Journal::open(file)?;
        lines.sort_by_key(|line| line.trial);
        if !lines.is_empty() {
            println!("{} trials were made before; the search goes on", lines.len());
        }
        let shared = Shared {
            courses: lines.iter().map(|line| missing(&line.course)).collect(),
            trials: lines.into_iter().map(|line| (line.settings.clone(), Some(line))).collect(),
        };
        Ok(Self { plan, journal, earlier, shared: Mutex::new(shared) })
    }

    fn follow(&self, subject: &dyn Subject, parallel: usize) -> anyhow::Result<()> {
        let ended: Vec<anyhow::Result<()>> = thread::scope(|scope| {
            let threads: Vec<_> = (0..parallel).map(|_| scope.spawn(|| self.work(subject))).collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap_or_else(|_| bail!("a trial broke off by a fault of the program")))
                .collect()
        });
        ended.into_iter().collect()
    }

    /// One trial after the other, until there is none left.
    fn work(&self, subject: &dyn Subject) -> anyhow::Result<()> {
        while let Some((number, settings)) = self.next() {
            let (start, mut course, mut stopped) = (Instant::now(), Vec::new(), false);
            let value = subject.run(number, &settings, &mut |value| {
                course.push(value);
                stopped = self.ends_early(number, &course);
                if stopped { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            });
            let (miou, message) = match value {
                Ok(value) => (Some(value), String::new()),
                Err(error) => (None, format!("{error:#}")),
            };
            let line = Line { trial: number, settings, course, miou, stopped, message, seconds: start.elapsed().as_secs_f64() };
            self.journal.add(&line)?;
            println!("{}", told(&line));
            let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
            shared.trials[number].1 = Some(line);
        }
        Ok(())
    }

    fn next(&self) -> Option<(usize, Settings)> {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let own = shared.trials.iter().map(|(settings, line)| match line {
            Some(line) => line.seen(0),
            None => Trial { settings: settings.clone(), outcome: Outcome::Pending, search: 0 },
        });
        let history: Vec<Trial> = self.earlier.iter().cloned().chain(own).collect();
        let settings = self.plan.next(&history)?;
        shared.trials.push((settings.clone(), None));
        shared.courses.push(Vec::new());
        Some((shared.trials.len() - 1, settings))
    }

    fn ends_early(&self, number: usize, course: &[f64]) -> bool {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        shared.courses[number] = missing(course);
        let others: Vec<Vec<f64>> =
            shared.courses.iter().enumerate().filter(|(other, _)| *other != number).map(|(_, course)| course.clone()).collect();
        // What was there before is measured to its end, since everything is compared with it.
        let first = number == 0 && self.plan.baseline.is_some();
        !first && self.plan.stopping.stops(number, &shared.courses[number], &others)
    }

    fn conclude(self, subject: &dyn Subject, file: &File) -> anyhow::Result<ExitCode> {
        let shared = self.shared.into_inner().unwrap_or_else(PoisonError::into_inner);
        let lines: Vec<Line> = shared.trials.into_iter().filter_map(|(_, line)| line).collect();
        let results = lines.iter().filter_map(|line| Some((line, line.miou?)));
        let Some((best, miou)) = results.max_by(|a, b| a.1.total_cmp(&b.1)) else {
            bail!("every trial failed; the last said: {}", lines.last().map_or("", |line| line.message.as_str()))
        };
        println!("best: trial {} with mean IoU {miou:.4}", best.trial);
        println!("{}", toml::to_string(&best.settings)?);
        let before = self.plan.baseline.as_ref();
        let found = subject.test(best.trial, &best.settings)?;
        if let Some(found) = found {
            match before.map(|before| subject.test(0, before)).transpose()?.flatten() {
                Some(before) => {
                    println!("on images that no trial saw: mean IoU {found:.4}, against {before:.4} with the settings from before")
                }
                None => println!("on images that no trial saw: mean IoU {found:.4}"),
            }
        }
        let path = file.output.join("best.toml");
        labelwright_ml::train::network::replace(&path, toml::to_string(&best.settings)?.as_bytes())
            .with_context(|| format!("{} can't be written", path.display()))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// What is missing of 1, so that less is better.
fn missing(course: &[f64]) -> Vec<f64> {
    course.iter().map(|miou| 1.0 - miou).collect()
}

fn told(line: &Line) -> String {
    let value = line.miou.map_or_else(|| format!("failed: {}", line.message), |miou| format!("mean IoU {miou:.4}"));
    let early = if line.stopped { ", ended early" } else { "" };
    let settings: Vec<String> =
        line.settings.iter().map(|(name, value)| format!("{name} {}", serde_json::to_string(value).unwrap_or_default())).collect();
    format!("trial {:3}  {value}{early}  {:.0} s  {}", line.trial, line.seconds, settings.join("  "))
}
