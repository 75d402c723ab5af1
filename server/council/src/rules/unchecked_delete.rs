use super::cx::{Cx, Sink};
use super::support::children;
use crate::ddl::Action;
use model::{Risk, Stake};

declare_rule! {
    /// Rows are deleted while foreign keys are off, and what refers to them stays behind.
    ///
    /// `on delete` does not run either. Leave foreign keys on, or delete the rows that refer to them first.
    ///
    /// ```sqlite,bad
    /// create table p (id integer primary key, n text);
    /// create table c (id integer primary key, p_id integer references p (id) on delete cascade);
    /// -- migration
    /// pragma foreign_keys = off;
    /// delete from p where n is null;
    /// pragma foreign_keys = on;
    /// ```
    /// ```sqlite,good
    /// create table p (id integer primary key, n text);
    /// create table c (id integer primary key, p_id integer references p (id) on delete cascade);
    /// -- migration
    /// delete from p where n = 'spam' and id < 100;
    /// ```
    pub(super) static RULE = {
        name: "unchecked-delete",
        group: NetChange,
        class: DataLoss,
        since: "0.1.0",
        check: unchecked_delete,
    }
}

fn unchecked_delete(cx: &Cx, sink: &mut Sink<'_>) {
    let deletes = |name: &str| {
        cx.change
            .steps
            .iter()
            .any(|it| matches!(&it.action, Action::Delete(it) if it.table == name))
    };
    let mut is_off = false;
    for step in &cx.change.steps {
        match &step.action {
            Action::Pragma { name, value: Some(value) }
                if name == "foreign_keys" && step.transaction.is_none() =>
            {
                is_off = matches!(value.as_str(), "off" | "0" | "false" | "no");
            }
            Action::Set { name, value, .. } if name == "session_replication_role" => {
                is_off = value.trim_matches('\'') == "replica";
            }
            Action::Delete(it) if is_off => {
                let Some(old) = cx.change.old_table(step, &it.table) else { continue };
                let Some((child, _)) = children(cx, &old.name).find(|it| !deletes(&it.0.name))
                else {
                    continue;
                };
                let claim = format!(
                    "deletes rows of `{}` without a look at `{}`, whose rows refer to them",
                    it.table, child.name
                );
                sink.report(step, &it.table, Risk::High, claim)
                    .stake(Stake::Data)
                    .fix("Leave foreign keys on", "");
            }
            _ => {}
        }
    }
}
