use super::cx::{Cx, Sink};
use crate::ddl::Action;
use crate::schema::{Column, Table};
use crate::sql::{Cursor, Token};
use model::Risk;

declare_rule! {
    /// A row is written without a value that its table asks for, and the server refuses it.
    ///
    /// A column that is `not null` and has no default needs one.
    ///
    /// ```sql,bad
    /// create table clinics (id bigint generated always as identity primary key, name text not null, slug text not null);
    /// -- migration
    /// insert into clinics (name) values ('North');
    /// ```
    /// ```sql,good
    /// create table clinics (id bigint generated always as identity primary key, name text not null, slug text not null);
    /// -- migration
    /// insert into clinics (name, slug) values ('North', 'north');
    /// ```
    pub(super) static RULE = {
        name: "incomplete-insert",
        group: NetChange,
        class: Availability,
        since: "0.1.0",
        check: incomplete_insert,
    }
}

fn incomplete_insert(cx: &Cx, sink: &mut Sink<'_>) {
    // SQLite runs it, and says so itself.
    for step in cx.change.steps.iter().filter(|_| cx.is_postgres()) {
        let Action::Insert { table, .. } = &step.action else { continue };
        let Some(table) = step.schema.table(table).filter(|it| is_known(it)) else { continue };
        let Some(given) = columns(&step.raw.tokens) else { continue };
        let is_missing = |it: &&Column| {
            it.not_null
                && it.default.is_none()
                && it.generated.is_none()
                && !it.is_identity
                && !given.contains(&it.name)
        };
        let has_trigger = table.triggers.iter().any(|it| it.events.iter().any(|it| it == "insert"));
        if let Some(column) = table.columns.iter().find(is_missing).filter(|_| !has_trigger) {
            let object = format!("{}.{}", table.name, column.name);
            let claim =
                format!("writes rows of `{}` without `{}`: it fails", table.name, column.name);
            sink.report(step, &object, Risk::High, claim);
        }
    }
}

fn is_known(table: &Table) -> bool {
    // Types that are made elsewhere may have defaults of their own.
    !table.assumed && table.columns.iter().all(|it| !it.kind.base.is_empty())
}

/// The columns that an insert names.
fn columns(tokens: &[Token]) -> Option<Vec<String>> {
    let mut cursor = Cursor::new(tokens);
    if !cursor.find("into") || cursor.name().is_none() {
        return None;
    }
    if cursor.eat("as") {
        cursor.ident();
    }
    let list = cursor.group()?;
    let is_query = list.first().is_some_and(|it| it.text == "select");
    (!is_query).then(|| list.iter().map(|it| it.text.clone()).collect())
}
