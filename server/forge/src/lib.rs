//! The declared backend of a workspace: `forge/forge.yaml`, and how a spec becomes one.
//!
//! Everything here is pure. [`read`] makes typed resources and findings of a text; [`provision`]
//! makes texts of what a spec implies and lacks. Who reads and writes files, runs migrations and
//! asks the author is decided above.

pub mod complete;
pub mod evidence;

pub mod places;
pub mod presets;
pub mod provision;
pub mod read;
pub mod required;

pub mod resources;
pub mod rules;
pub mod schedule;
pub mod schema;
mod shape;
pub mod states;

pub use crate::read::{Declared, read};
pub use crate::resources::Resources;

/// The file of declared resources, below a workspace's root.
pub const FILE: &str = "forge/forge.yaml";
