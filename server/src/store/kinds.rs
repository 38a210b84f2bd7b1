//! The closed lists of words that the database stores.

use crate::text_enum;

text_enum! {
    /// What a member may do in a project; each role may do all that the ones below it may.
    pub enum Role { Manager = "manager", Reviewer = "reviewer", Annotator = "annotator", Viewer = "viewer" }
}

impl Role {
    /// Whether this role may do what `needed` may.
    #[must_use]
    pub fn covers(self, needed: Self) -> bool {
        // Declared from the most to the least powerful.
        self <= needed
    }
}

text_enum! {
    /// Where an image stands.
    pub enum ImageState {
        /// Nobody's label is accepted yet.
        Waiting = "waiting",
        /// Labeled by people or imported.
        Done = "done",
        /// Labeled by the model.
        Machine = "machine",
        /// The opinions of people differ too much to be fused.
        Disagree = "disagree",
        /// Nobody could label it.
        Skipped = "skipped",
    }
}

text_enum! {
    /// Which part of the dataset an image is in. Validation images are never trained on.
    pub enum Subset { Train = "train", Validation = "validation", Test = "test" }
}

text_enum! {
    pub enum TaskKind { Label = "label", Adjust = "adjust", Verify = "verify", Review = "review" }
}

text_enum! {
    pub enum TaskState {
        Open = "open",
        Leased = "leased",
        Done = "done",
        Skipped = "skipped",
        /// Not needed while the model's label stands.
        Parked = "parked",
    }
}

text_enum! {
    pub enum Origin { Person = "person", Import = "import" }
}

text_enum! {
    pub enum LabelSource { People = "people", Model = "model", Import = "import" }
}

text_enum! {
    pub enum LabelStatus { Provisional = "provisional", Committed = "committed", Withdrawn = "withdrawn" }
}

text_enum! {
    pub enum JobKind { Features = "features", Train = "train", Predict = "predict", Export = "export", Tune = "tune" }
}

text_enum! {
    pub enum TuningState { Running = "running", Done = "done", Stopped = "stopped" }
}

text_enum! {
    /// What became of a trial of a tuning.
    pub enum TrialState {
        /// Waits for a worker or runs.
        Open = "open",
        Done = "done",
        /// Ended early, because others were better.
        Stopped = "stopped",
        /// Broke down, or was cancelled.
        Failed = "failed",
    }
}

text_enum! {
    pub enum JobState { Queued = "queued", Running = "running", Done = "done", Failed = "failed", Cancelled = "cancelled" }
}

text_enum! {
    pub enum ClassKind { Thing = "thing", Stuff = "stuff" }
}
