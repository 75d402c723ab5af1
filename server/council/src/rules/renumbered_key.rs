use super::cx::{Cx, Sink};
use crate::ddl::Action;
use crate::sql::TokenKind;
use model::{Risk, Stake};

declare_rule! {
    /// Rows get another primary key, and what names them by the old one means nothing, or another row.
    ///
    /// Foreign keys may follow or refuse it; links, caches, files and other systems do neither.
    ///
    /// ```sql,bad
    /// create table people (id bigint primary key, email text);
    /// -- migration
    /// update people set id = id + 1000 where id < 500;
    /// ```
    /// ```sql,good
    /// create table people (id bigint primary key, email text);
    /// -- migration
    /// update people set email = 'a@acme.test' where id = 7;
    /// ```
    pub(super) static RULE = {
        name: "renumbered-key",
        group: NetChange,
        class: DataLoss,
        since: "0.1.0",
        check: renumbered_key,
    }
}

fn renumbered_key(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let Action::Update(it) = &step.action else { continue };
        let Some(table) = cx.change.old_table(step, &it.table) else { continue };
        let Some([key]) = table.primary_key().map(|it| &it.columns[..]) else { continue };
        let is_number = |value: &[crate::sql::Token]| {
            value.iter().any(|it| it.text == *key && it.kind != TokenKind::Text)
                || value.iter().any(|it| matches!(it.text.as_str(), "nextval" | "gen_random_uuid"))
        };
        if it.sets.iter().any(|(column, value)| column == key && is_number(value)) {
            let object = format!("{}.{key}", table.name);
            let claim = format!("rows of `{}` get another `{key}`", table.name);
            sink.report(step, &object, Risk::Medium, claim).stake(Stake::Data);
        }
    }
}
