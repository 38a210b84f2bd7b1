//! The program itself, started as a user starts it.

mod commands;
mod files;
mod serving;
mod support;
