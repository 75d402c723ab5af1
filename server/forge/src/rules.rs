//! Rules of `forge.yaml`: one file a rule, listed once in `rules!` below.
//!
//! The doc comment of a rule is its page in `docs/forge-rules`, and its examples are tests. Rules of
//! form have no check of their own: they are reported where the file is read; nor have those that hold
//! it against specs, which are reported by who knows both.

#[macro_use]
mod declare;
mod page;
mod references;
mod sink;

pub use crate::rules::declare::Rule;
pub use crate::rules::page::{index_page, page};
pub(crate) use crate::rules::sink::{Cx, Sink};

rules! {
    resource_syntax,
    unknown_setting,
    missing_setting,
    wrong_setting,
    repeated_setting,
    secret_value,
    invalid_schedule,
    never_firing_schedule,
    unknown_zone,
    schedule_without_zone,
    skipped_by_clock_change,
    undeclared_function,
    undeclared_secret,
    undeclared_table,
    undeclared_deploy,
    contradicting_visibility,
    unlimited_bucket,
    unverified_webhook,
    taken_route,
    unmet_preset,
    not_provisioned,
    drifted_resource,
    unasked_resource,
}

/// The rule of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Rule> {
    RULES.iter().find(|it| it.name == name).copied()
}
