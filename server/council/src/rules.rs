//! The rules of the deterministic reviewers: one file a rule, listed here once.
//!
//! A rule judges the net effect where statements mislead: what a migration drops and makes again has
//! not changed. A table that the migration itself makes has no rows and no readers, and is exempt
//! from what is said about locks.

#[macro_use]
mod declare;
pub(crate) mod cx;
mod page;
mod support;

pub use crate::rules::declare::{Group, Rule};
pub use crate::rules::page::{index_page, page};

rules! {
    missing_lock_timeout,
    blocking_index,
    blocking_index_drop,
    concurrent_in_transaction,
    rewriting_type,
    rewriting_default,
    validating_constraint,
    same_transaction_validation,
    not_null_scan,
    blocking_unique,
    backfill_with_ddl,
    unbatched_backfill,
    blocking_maintenance,
    rewritten_table,
    partition_lock,
    open_transaction,
    wide_transaction,
    fails_on_rows,
    enum_value_used_early,
    trigger_lock,
    domain_scan,
    sqlite_added_column,
    dropped_table,
    drop_and_add,
    dropped_column,
    dropped_schema,
    cascading_drop,
    deleted_rows,
    overwritten_rows,
    narrowed_type,
    removed_enum_value,
    unlogged_table,
    new_cascade,
    restarted_sequence,
    renamed,
    renamed_enum_value,
    moved_schema,
    dropped_view,
    dropped_view_column,
    dropped_function,
    dropped_default,
    became_nullable,
    required_column,
    changed_type,
    dropped_constraint,
    dropped_trigger,
    small_key,
    key_type_mismatch,
    unindexed_foreign_key,
    regretted_type,
    missing_key,
    duplicate_index,
    rebuild_deletes_children,
    rebuild_loses_parts,
    unchecked_rebuild,
    missing_row_security,
    row_security_without_policy,
    row_security_disabled,
    policies_without_row_security,
    dropped_policy,
    open_policy,
    widened_access,
    rowless_policy,
    self_granted_policy,
    self_reading_policy,
    repeated_call,
    definer_without_search_path,
    definer_reads_guarded,
    joined_sql,
    definer_view,
    broad_grant,
    bypassing_role,
    changed_owner,
    session_bypass,
    outside_access,
    published_table,
    exposed_foreign_table,
    lost_rows,
    lost_values,
    failed_statement,
    broken_view,
    broken_reference,
    missing_way_back,
    empty_way_back,
    different_way_back,
    failed_way_back,
    secret_literal,
    spec_disagrees,
    imported_table,
}

/// The rule of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|it| it.name == name)
}
