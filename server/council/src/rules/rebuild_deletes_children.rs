use super::cx::{Cx, Sink};
use super::support::rebuilt;
use crate::ddl::Action;
use crate::schema::Table;
use model::{Risk, Stake};

declare_rule! {
    /// A table is rebuilt while foreign keys are on: dropping the old one deletes the rows that refer to it.
    ///
    /// SQLite deletes the rows of a table that it drops, and `on delete` does the rest without an error. `pragma foreign_keys = off` does nothing inside a transaction: it must come before `begin`.
    ///
    /// ```sqlite,bad
    /// create table p (id integer primary key, n text);
    /// create table c (id integer primary key, p_id integer references p (id) on delete cascade);
    /// -- migration
    /// begin;
    /// pragma foreign_keys = off;
    /// create table p_new (id integer primary key, n text not null default '');
    /// insert into p_new select id, n from p;
    /// drop table p;
    /// alter table p_new rename to p;
    /// commit;
    /// ```
    /// ```sqlite,good
    /// create table p (id integer primary key, n text);
    /// create table c (id integer primary key, p_id integer references p (id) on delete cascade);
    /// -- migration
    /// pragma foreign_keys = off;
    /// begin;
    /// create table p_new (id integer primary key, n text not null default '');
    /// insert into p_new select id, coalesce(n, '') from p;
    /// drop table p;
    /// alter table p_new rename to p;
    /// pragma foreign_key_check;
    /// commit;
    /// pragma foreign_keys = on;
    /// ```
    pub(super) static RULE = {
        name: "rebuild-deletes-children",
        group: NetChange,
        class: DataLoss,
        since: "0.1.0",
        check: rebuild_deletes_children,
    }
}

fn rebuild_deletes_children(cx: &Cx, sink: &mut Sink<'_>) {
    let mut is_off = false;
    for step in cx.change.steps.iter().filter(|_| !cx.is_postgres()) {
        match &step.action {
            Action::Pragma { name, value: Some(value) }
                if name == "foreign_keys" && step.transaction.is_none() =>
            {
                is_off = matches!(value.as_str(), "off" | "0" | "false" | "no");
            }
            Action::Drop(it) if it.kind == "table" && !is_off => {
                let Some(table) =
                    cx.change.old_table(step, &it.names[0]).filter(|it| rebuilt(cx, it).is_some())
                else {
                    continue;
                };
                let (risk, who) = match (children(cx, table), table.assumed) {
                    (Some(names), _) => (Risk::Critical, names),
                    (None, true) => (Risk::High, "the tables that refer to it".to_owned()),
                    (None, false) => continue,
                };
                let claim = format!(
                    "rebuilds `{}` with foreign keys on: rows of {who} are deleted or lose their reference",
                    table.name
                );
                sink.report(step, &table.name, risk, claim)
                    .stake(Stake::Data)
                    .fix("Switch foreign keys off before `begin`", "pragma foreign_keys = off;");
            }
            _ => {}
        }
    }
}

fn children(cx: &Cx, table: &Table) -> Option<String> {
    let refers = |it: &&Table| {
        it.id != table.id
            && it
                .constraints
                .iter()
                .filter_map(|it| it.target.as_ref())
                .any(|it| it.table == table.name)
    };
    let names: Vec<String> =
        cx.change.before.tables.iter().filter(refers).map(|it| format!("`{}`", it.name)).collect();
    (!names.is_empty()).then(|| names.join(", "))
}
