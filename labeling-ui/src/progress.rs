//! Where a project stands: its counts, the stacked bar made of them, and what they mean in words.

use crate::format;

/// Where a project's images stand. The same figures arrive live as the event `progress`.
///
/// `people`, `machine_provisional`, `machine_committed`, `disagree`, `skipped` and the rest (waiting or held) are disjoint: together they
/// are `images`.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    pub images: u64,
    /// Images whose label comes from people and is settled.
    pub people: u64,
    pub machine_provisional: u64,
    pub machine_committed: u64,
    /// Images about which opinions differ.
    pub disagree: u64,
    pub waiting: u64,
    /// Images that somebody holds now.
    pub leased: u64,
    pub skipped: u64,
    /// Validation images labeled by people.
    pub validation_labeled: u64,
    /// Time people spent on submitted work, in seconds.
    pub seconds_spent: f64,
    /// Expected time to the end at today's pace, in seconds.
    pub eta_seconds: Option<f64>,
    /// Share of the labeled images that the model labeled, 0 to 1.
    pub share_model: f64,
}

/// One piece of a stacked bar of [`STACK`] units.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// `people`, `machine`, `disagree`, `skipped` or `waiting`: the colour's class name.
    pub kind: &'static str,
    pub x: f64,
    pub width: f64,
    pub count: u64,
}

/// Units of a stacked bar's width.
pub const STACK: f64 = 1000.0;

impl Progress {
    /// Images that the model labeled, provisional or committed.
    #[must_use]
    pub fn machine(&self) -> u64 {
        self.machine_provisional + self.machine_committed
    }

    /// Images that are not labeled yet, whether somebody holds them or not.
    #[must_use]
    pub fn rest(&self) -> u64 {
        self.images.saturating_sub(self.people + self.machine() + self.disagree + self.skipped)
    }

    /// Images with a label that nobody disputes.
    #[must_use]
    pub fn labeled(&self) -> u64 {
        self.people + self.machine()
    }

    /// Share of the images that are labeled, 0 to 1.
    #[must_use]
    pub fn share_labeled(&self) -> f64 {
        if self.images == 0 { 0.0 } else { self.labeled() as f64 / self.images as f64 }
    }

    /// The bar's pieces from left to right; they fill its width exactly.
    #[must_use]
    pub fn stack(&self) -> Vec<Segment> {
        let parts = [
            ("people", self.people),
            ("machine", self.machine()),
            ("disagree", self.disagree),
            ("skipped", self.skipped),
            ("waiting", self.rest()),
        ];
        let total = parts.iter().map(|p| p.1).sum::<u64>().max(1) as f64;
        let mut x = 0.0;
        let mut stack = Vec::with_capacity(parts.len());
        for (kind, count) in parts {
            let width = STACK * count as f64 / total;
            stack.push(Segment { kind, x, width, count });
            x += width;
        }
        stack
    }

    /// Drawing time the model took over, in seconds: its labels times what a label by hand has cost so far.
    #[must_use]
    pub fn seconds_saved(&self) -> f64 {
        let drawn = self.people + self.disagree;
        if drawn == 0 { 0.0 } else { self.machine() as f64 * self.seconds_spent / drawn as f64 }
    }

    /// Saved time as a share of labeling everything so far by hand; `None` before anything is saved.
    #[must_use]
    pub fn saved(&self) -> Option<f64> {
        let saved = self.seconds_saved();
        (saved > 0.0).then(|| saved / (saved + self.seconds_spent))
    }

    pub(crate) fn saved_text(&self) -> String {
        self.saved().map_or_else(|| "–".into(), format::percent)
    }

    pub(crate) fn saved_detail(&self) -> String {
        if self.saved().is_some() {
            format!(
                "{} of drawing done by the model · {} spent",
                format::duration(self.seconds_saved()),
                format::duration(self.seconds_spent)
            )
        } else if self.seconds_spent > 0.0 {
            format!("{} spent by people; the model has labeled nothing yet", format::duration(self.seconds_spent))
        } else {
            "Counted as soon as the model labels its first images".into()
        }
    }

    pub(crate) fn eta_text(&self) -> String {
        if self.images == 0 {
            return "nothing to label yet".into();
        }
        if self.rest() + self.disagree == 0 {
            return "every image has a label".into();
        }
        match self.eta_seconds {
            Some(s) => format!("about {} of work left at today's pace", format::duration(s)),
            None => "time left is known after the first labels".into(),
        }
    }

    pub(crate) fn machine_text(&self) -> String {
        let all = format::count(self.machine());
        match (self.machine_provisional, self.machine_committed) {
            (0, _) => format!("{all} by the model"),
            (_, 0) => format!("{all} by the model, provisional"),
            (some, _) => format!("{all} by the model, {} provisional", format::count(some)),
        }
    }

    /// What a screen reader hears instead of the bar.
    pub(crate) fn spoken(&self) -> String {
        format!(
            "{} of {} images: {} by people, {} by the model, {} disagree, {} skipped, {} waiting",
            self.labeled(),
            self.images,
            self.people,
            self.machine(),
            self.disagree,
            self.skipped,
            self.rest()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn progress() -> Progress {
        Progress {
            images: 100,
            people: 20,
            machine_provisional: 30,
            machine_committed: 10,
            disagree: 5,
            skipped: 1,
            seconds_spent: 2500.0,
            ..Progress::default()
        }
    }

    #[test]
    fn the_pieces_of_the_bar_fill_it_exactly() {
        let stack = progress().stack();
        assert_eq!(stack.iter().map(|s| s.count).collect::<Vec<_>>(), [20, 40, 5, 1, 34]);
        let last = stack.last().unwrap();
        assert!((last.x + last.width - STACK).abs() < 1e-9);
        assert!(Progress::default().stack().iter().all(|s| s.width == 0.0));
    }

    #[test]
    fn saved_time_is_what_the_models_labels_would_have_cost_by_hand() {
        // 25 drawn images cost 100 s each, so 40 machine labels save 4000 s of 6500 s.
        assert_eq!(progress().seconds_saved(), 4000.0);
        assert!((progress().saved().unwrap() - 4000.0 / 6500.0).abs() < 1e-12);
        assert_eq!(Progress { machine_provisional: 3, ..Progress::default() }.saved(), None);
    }

    #[test]
    fn counts_that_do_not_add_up_never_go_below_nothing() {
        let odd = Progress { images: 1, people: 5, ..Progress::default() };
        assert_eq!(odd.rest(), 0);
        assert_eq!(odd.stack().iter().map(|s| s.width).sum::<f64>(), STACK);
    }

    #[test]
    fn words_follow_the_state() {
        assert_eq!(Progress::default().eta_text(), "nothing to label yet");
        assert_eq!(Progress { images: 1, people: 1, ..Progress::default() }.eta_text(), "every image has a label");
        assert_eq!(progress().machine_text(), "40 by the model, 30 provisional");
    }
}
