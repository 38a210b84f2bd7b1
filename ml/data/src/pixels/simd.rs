//! Loops compiled for the processor that runs them.

pub(crate) use pulp::NullaryFnOnce as Loop;

/// Runs a loop in a build for the widest vector instructions that the processor has. What it calls must be inlined into it, its own
/// `call` too; a closure is only inlined as long as it is small.
#[inline]
pub(crate) fn vectorized<L: Loop>(work: L) -> L::Output {
    pulp::Arch::new().dispatch(work)
}
