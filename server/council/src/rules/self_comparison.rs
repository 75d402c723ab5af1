use super::cx::{Cx, Sink};
use crate::ddl::{self, Action};
use crate::dynamic::{self, Found, Place};
use crate::logic::compared_with_itself;
use crate::schema::Schema;
use crate::sql::{RawStatement, Token, spelt};
use model::{Risk, Stake};

declare_rule! {
    /// A `delete` or `update` compares a column with itself: the condition holds for every row.
    ///
    /// In a function of SQL, a name that is both a column and a parameter means the column, and PL/pgSQL refuses it when it runs. In a trigger of SQLite a bare name is the column of the statement's own table. Call the parameter otherwise, or write `new.` or `old.` before it.
    ///
    /// ```sql,bad
    /// create table notes (id bigint primary key, post_id bigint, body text);
    /// -- migration
    /// create function purge(post_id bigint) returns void language sql set search_path = public as $$ delete from notes where post_id = post_id $$;
    /// ```
    /// ```sqlite,bad
    /// create table pets (id integer primary key, owner_id integer);
    /// create table visits (id integer primary key, pet_id integer, paid integer);
    /// -- migration
    /// create trigger moved after update of owner_id on pets begin delete from visits where pet_id = pet_id and paid = 0; end;
    /// ```
    /// ```sql,good
    /// create table notes (id bigint primary key, post_id bigint, body text);
    /// -- migration
    /// create function purge(p_post bigint) returns void language sql set search_path = public as $$ delete from notes where post_id = p_post $$;
    /// ```
    pub(super) static RULE = {
        name: "self-comparison",
        group: NetChange,
        class: DataLoss,
        since: "0.1.0",
        check: self_comparison,
    }
}

fn self_comparison(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let (name, run) = match &step.action {
            Action::CreateFunction(it, _) => {
                let place = Place::CalledBy(step.raw.span);
                let found = dynamic::statements(&it.body, place).into_iter();
                let known = found.filter_map(|it| match it {
                    Found::Statement(raw) => Some(raw),
                    Found::Unread { .. } => None,
                });
                (it.name.clone(), known.collect())
            }
            Action::CreateTrigger { trigger, .. } => (trigger.name.clone(), own_body(&step.raw)),
            Action::Delete(_) | Action::Update(_) => ("it".to_owned(), vec![step.raw.clone()]),
            _ => continue,
        };
        let found = run.iter().find_map(|raw| of_itself(&step.schema, raw));
        if let Some((table, column)) = found {
            let claim = format!(
                "`{name}` compares `{column}` of `{table}` with itself, which holds for every row"
            );
            sink.report(step, &format!("{table}.{column}"), Risk::High, claim).stake(Stake::Data);
        }
    }
}

/// The statements between `begin` and `end` of a trigger in SQLite.
pub(super) fn own_body(raw: &RawStatement) -> Vec<RawStatement> {
    let Some(start) = raw.tokens.iter().position(|it| it.text == "begin") else {
        return Vec::new();
    };
    let parts = raw.tokens[start + 1..].split(|it: &Token| it.text == ";");
    let parts = parts.filter(|it| !it.is_empty());
    parts.map(|it| RawStatement { tokens: it.to_vec(), span: raw.span }).collect()
}

/// Table and column that a statement compares with itself.
fn of_itself(schema: &Schema, raw: &RawStatement) -> Option<(String, String)> {
    let (table, filter) = match ddl::read(raw) {
        Action::Delete(it) => (it.table, it.filter?),
        Action::Update(it) => (it.table, it.filter?),
        _ => return None,
    };
    let column = compared_with_itself(&spelt(&filter))?;
    let known = schema.table(&table)?;
    (known.assumed || known.column(&column).is_some()).then_some((table, column))
}
