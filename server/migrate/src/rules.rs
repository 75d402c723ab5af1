//! Rules of migration specs: one file a rule, listed once in `rules!` below.
//!
//! The doc comment of a rule is its page in `docs/migration-rules`, and its examples are tests.
//! These rules are reported where the language is read and replayed, in `language`.

#[macro_use]
mod declare;
mod page;

pub use crate::rules::declare::Rule;
pub use crate::rules::page::{index_page, page};

rules! {
    yaml_syntax,
    unknown_operation,
    several_operations,
    unknown_key,
    missing_key,
    duplicate_key,
    wrong_shape,
    split_by_comma,
    brackets_in_text,
    cut_by_comment,
    colon_in_text,
    column_syntax,
    unknown_type,
    missing_type,
    bare_default,
    invalid_expression,
    missing_rls,
    unknown_policy,
    ambiguous_owner,
    unknown_table,
    unknown_column,
    unknown_object,
    duplicate_name,
    keyword_name,
    unusable_name,
    no_columns,
    several_primary_keys,
    misplaced_identity,
    fk_type_mismatch,
    fk_to_non_unique,
    fk_cycle,
    still_in_use,
    invalid_seed,
    without_effect,
}

/// The rule of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Rule> {
    RULES.iter().find(|it| it.name == name).copied()
}
