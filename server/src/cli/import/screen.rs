//! Progress and messages in a terminal.

use indicatif::{ProgressBar, ProgressStyle};

/// A progress bar with lines above it; only the lines where there is no terminal.
pub(in crate::cli) struct Screen(ProgressBar);

impl Screen {
    /// `total` steps, where that is known.
    pub fn new(total: Option<u64>) -> Self {
        let (bar, shown) = match total {
            Some(total) => (ProgressBar::new(total), "{bar:40} {pos}/{len} {per_sec} {msg}"),
            None => (ProgressBar::new_spinner(), "{spinner} {pos} {per_sec} {msg}"),
        };
        bar.set_style(ProgressStyle::with_template(shown).unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self(bar)
    }

    pub fn step(&self) {
        self.0.inc(1);
    }

    /// A line that stays.
    pub fn say(&self, line: String) {
        if self.0.is_hidden() { println!("{line}") } else { self.0.println(line) }
    }

    /// The bar goes away, the lines stay.
    pub fn end(&self) {
        self.0.finish_and_clear();
    }
}
