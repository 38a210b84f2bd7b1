//! The program itself, started as a user starts it.

mod commands;
mod serving;
mod support;
