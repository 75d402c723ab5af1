//! Reads and writes migration specs.

mod grammar;
#[cfg(test)]
mod queries;
