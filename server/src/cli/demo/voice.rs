//! What the demonstration says while it runs: a bar on a terminal, plain lines elsewhere, nothing when it should be quiet.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};

/// Tells how far the demonstration is.
pub struct Voice {
    bar: Option<ProgressBar>,
    quiet: bool,
    last: String,
}

impl Voice {
    #[must_use]
    pub fn new(quiet: bool) -> Self {
        let bar = (!quiet && std::io::stderr().is_terminal()).then(|| {
            let bar = ProgressBar::new(0);
            // The template is fixed; should it ever be wrong, the default bar says the same less prettily.
            bar.set_style(
                ProgressStyle::with_template("{elapsed_precise} {bar:32.blue/white} {pos}/{len} images  {msg}")
                    .unwrap_or_else(|_| ProgressStyle::default_bar()),
            );
            bar.enable_steady_tick(std::time::Duration::from_millis(200));
            bar
        });
        Self { bar, quiet, last: String::new() }
    }

    /// A new stage; stays on the screen.
    pub fn say(&mut self, text: &str) {
        match &self.bar {
            Some(bar) => bar.println(text),
            None if !self.quiet => eprintln!("{text}"),
            None => {}
        }
    }

    /// How far this stage is: `done` of `all` images have a label. Without a terminal only what changed is written.
    pub fn at(&mut self, done: u64, all: u64, text: &str) {
        match &self.bar {
            Some(bar) => {
                bar.set_length(all);
                bar.set_position(done);
                bar.set_message(text.to_owned());
            }
            None if !self.quiet && self.last != text => {
                eprintln!("  {done}/{all} images labeled; {text}");
                text.clone_into(&mut self.last);
            }
            None => {}
        }
    }

    /// Takes the bar away.
    pub fn end(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}
