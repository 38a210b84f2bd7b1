//! Searching for good settings of anything that can be tried and scored: grid, random, Bayesian, Hyperband.
//!
//! This crate knows no burn and no database: it proposes trials and is told what came out.
