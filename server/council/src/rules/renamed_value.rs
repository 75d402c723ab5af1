use super::cx::{Cx, Sink};
use super::shown::unqualified;
use crate::ddl::{Action, Update};
use crate::schema::{Schema, policy_object};
use crate::simulate::mentions;
use crate::sql::{TokenKind, spelt};
use model::{Risk, Stake};

declare_rule! {
    /// All rows with a value get another one, and code asks for the old one still.
    ///
    /// A view, a function, a policy or an index of some rows that names the old value finds nothing from then on. Let it ask for both, move the rows, and take the old one out later.
    ///
    /// ```sql,bad
    /// create table invoices (id bigint primary key, status text not null);
    /// create view open_items as select id from invoices where status = 'open';
    /// -- migration
    /// set lock_timeout = '2s';
    /// update invoices set status = 'sent' where status = 'open';
    /// ```
    /// ```sql,good
    /// create table invoices (id bigint primary key, status text not null);
    /// create view open_items as select id from invoices where status in ('open', 'sent');
    /// -- migration
    /// set lock_timeout = '2s';
    /// update invoices set status = 'sent' where status = 'open';
    /// ```
    pub(super) static RULE = {
        name: "renamed-value",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: renamed_value,
    }
}

fn renamed_value(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let Action::Update(it) = &step.action else { continue };
        let Some(table) = cx.change.old_table(step, &it.table) else { continue };
        let Some((column, was, now)) = moved(it) else { continue };
        let is_old =
            table.column(column).is_some_and(|it| cx.change.is_old_column(table.id, it.id));
        let name = cx.change.after.table_of(table.id).map_or(&table.name, |it| &it.name);
        let Some(asker) = asker(&cx.change.after, name, column, &was, &now).filter(|_| is_old)
        else {
            continue;
        };
        let object = format!("{}.{column}", table.name);
        let claim = format!("{asker} asks for `{object}` = {was}, which no row is any more");
        sink.report(step, &object, Risk::High, claim)
            .stake(Stake::Service)
            .fix("Let it ask for both before the rows are moved", "");
    }
}

/// The column, its value and the new one, of an update that does no more than to rename a value.
fn moved(it: &Update) -> Option<(&str, String, String)> {
    let (column, value) =
        it.sets.iter().find(|it| matches!(&it.1[..], [one] if one.kind == TokenKind::Text))?;
    let filter = unqualified(&spelt(it.filter.as_deref()?));
    let was = filter.strip_prefix(column.as_str())?.strip_prefix(" = ")?;
    let is_text = was.len() > 2 && was.starts_with('\'') && was.matches('\'').count() == 2;
    is_text.then(|| (column.as_str(), was.to_owned(), spelt(value)))
}

/// What asks for the old value, and not for the new one.
fn asker(schema: &Schema, table: &str, column: &str, was: &str, now: &str) -> Option<String> {
    let bare = table.rsplit('.').next().unwrap_or(table);
    let asks = |text: &str| text.contains(was) && !text.contains(now) && mentions(text, column);
    let view =
        schema.views.iter().find(|it| it.reads.iter().any(|it| it == table) && asks(&it.query));
    let by_function = || {
        let asks = |body: &str| mentions(body, bare) && asks(body);
        schema.functions.iter().find(|it| asks(&it.body)).map(|it| it.object())
    };
    let by_policy = || {
        let policies = schema.table(table)?.policies.iter();
        let mut asking = policies.filter(|it| it.using.iter().chain(&it.check).any(|it| asks(it)));
        asking.next().map(|it| policy_object(&it.name, table))
    };
    let by_index = || {
        let mut indexes = schema.table(table)?.indexes.iter();
        indexes.find(|it| it.filter.as_deref().is_some_and(asks)).map(|it| it.name.clone())
    };
    let name =
        view.map(|it| it.name.clone()).or_else(by_function).or_else(by_policy).or_else(by_index);
    name.map(|it| format!("`{it}`"))
}
