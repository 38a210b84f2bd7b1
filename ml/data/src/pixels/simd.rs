//! Loops compiled for the processor that runs them.

/// Runs a loop in a build for the widest vector instructions that the processor has. What it calls must be inlined into it.
#[inline]
pub(crate) fn vectorized<R>(work: impl FnOnce() -> R) -> R {
    pulp::Arch::new().dispatch(work)
}
