//! Harness.

pub mod fuzz;
