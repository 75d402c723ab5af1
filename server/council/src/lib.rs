//! The council: reviewers judge a change, and one rule makes a verdict of what they say.
//!
//! A [`Subject`] is what is judged, a migration or a change of declared resources; a [`Reviewer`] answers with findings; [`review`] hears a panel and
//! applies the [rule](verdict). Deterministic reviewers need no network and no key. Nothing here
//! applies, stores or shows anything.

#[cfg(test)]
mod accuracy;
mod change;
mod ddl;
mod dynamic;
mod home;
mod logic;
pub mod models;
mod reach;
mod redact;
mod remarks;
mod resources;
mod review;
mod reviewer;
pub mod rules;
mod schema;
mod secrets;
mod shared;
mod simulate;
mod sql;
mod subject;
mod trial;
mod types;
pub mod verdict;
mod wanted;

pub use crate::review::review;
pub use crate::reviewer::{Answer, Reviewer, deterministic, deterministic_on};
pub use crate::subject::{Part, PartKind, Subject, dialect_of};
pub use crate::trial::postgres::Ground;

/// The rules and prompts that a review was made with; a review is only valid for one of them.
///
/// Raise it when a rule starts or stops to find something.
pub const POLICY_VERSION: &str = "7";
