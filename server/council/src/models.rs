//! Language-model reviewers: what they are asked, over which wire, and what of it is believed.
//!
//! They are opt-in and can only add. Each sees the change, redacted, and one lens; none sees another.
//! An answer that is late, refused, cut off or of the wrong form is no answer, and no answer is never
//! a pass. A claim counts for what was looked up about it, not for how sure the model is. Settings,
//! and whether models are asked at all, are decided above.

mod answer;
mod budget;
mod call;
mod check;
mod claim;
mod failure;
#[cfg(test)]
mod golden;
mod key;
mod lens;
mod panel;
mod probe;
mod prompt;
#[cfg(test)]
mod scripted;
mod sse;
mod wire;

pub use crate::models::budget::{Budget, Price, Spent, dollars};
pub use crate::models::call::{Endpoint, Limits, ShownRequest};
pub use crate::models::claim::Prober;
pub use crate::models::failure::Failure;
pub use crate::models::key::{KEYRING_SERVICE, Key, KeySource};
pub use crate::models::lens::{CATEGORIES, Category, Lens, category_of};
pub use crate::models::panel::{Heard, Panel, PanelCx, Seat};
pub use crate::models::probe::{Answer as Probed, Probe};
pub use crate::models::prompt::{Brief, Part, Prompt};
pub use crate::models::wire::{Api, Usage};
