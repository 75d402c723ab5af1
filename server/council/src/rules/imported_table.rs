use super::cx::{Cx, Sink};
use crate::PartKind;
use crate::schema::Table;
use model::{Risk, Stake};

declare_rule! {
    /// A table that came from an existing database is changed, and programs that this workspace does not know may use it.
    ///
    /// Look for them before it is applied. What only adds is told; what takes away or changes asks to be acknowledged.
    ///
    /// ```sql,bad
    /// create table orders (id bigint primary key, state text default 'new');
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table orders alter column state set not null;
    /// -- imported
    /// orders
    /// ```
    /// ```sql,good
    /// create table orders (id bigint primary key, state text default 'new');
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table orders add column note text;
    /// ```
    pub(super) static RULE = {
        name: "imported-table",
        group: Healing,
        class: Compatibility,
        since: "0.1.0",
        check: imported_table,
    }
}

fn imported_table(cx: &Cx, sink: &mut Sink<'_>) {
    for name in cx.subject.text(PartKind::Imported).lines().map(str::trim) {
        let Some(old) = cx.change.before.table(name) else { continue };
        let new = cx.change.after.table_of(old.id);
        if new == Some(old) {
            continue;
        }
        if new.is_some_and(|new| only_adds(old, new)) {
            let claim = format!("`{name}` came from an existing database, and gets more");
            sink.whole(name, Risk::Low, claim);
        } else {
            let claim = format!(
                "`{name}` came from an existing database: programs that are not known here may use what changes"
            );
            sink.whole(name, Risk::Medium, claim).stake(Stake::Data);
        }
    }
}

/// Whether everything that was there is there as it was.
fn only_adds(old: &Table, new: &Table) -> bool {
    old.name == new.name
        && old.columns.iter().all(|it| new.columns.contains(it))
        && old.constraints.iter().all(|it| new.constraints.contains(it))
        && new.constraints.len() == old.constraints.len()
        && old.policies == new.policies
        && old.row_security == new.row_security
        && old.triggers.iter().all(|it| new.triggers.contains(it))
}
