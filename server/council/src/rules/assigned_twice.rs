use super::cx::{Cx, Sink};
use crate::ddl::Action;
use crate::sql::{Cursor, Token, TokenKind, by_commas};
use model::{Risk, Stake};

declare_rule! {
    /// One statement gives a column two values.
    ///
    /// PostgreSQL refuses it; SQLite takes the last one and says nothing.
    ///
    /// ```sql,bad
    /// create table orders (id bigint primary key, category text);
    /// -- migration
    /// update orders set category = 'none', category = 'other' where id = 7;
    /// ```
    /// ```sqlite,bad
    /// create table orders (id integer primary key, category text);
    /// -- migration
    /// update orders set category = 'none', (category, id) = ('other', 8) where id = 7;
    /// ```
    /// ```sql,good
    /// create table orders (id bigint primary key, category text, totals integer[]);
    /// -- migration
    /// update orders set category = 'other', totals[1] = 1, totals[2] = 2 where id = 7;
    /// ```
    pub(super) static RULE = {
        name: "assigned-twice",
        group: NetChange,
        class: DataLoss,
        since: "0.1.0",
        check: assigned_twice,
    }
}

fn assigned_twice(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let table = match &step.action {
            Action::Update(it) => &it.table,
            Action::Insert { table, .. } => table,
            _ => continue,
        };
        let names = assigned(&step.raw.tokens);
        let twice = names.iter().enumerate().find(|(at, it)| names[..*at].contains(it));
        let Some((_, column)) = twice else { continue };
        let object = format!("{table}.{column}");
        let (risk, effect) = match cx.is_postgres() {
            true => (Risk::High, "PostgreSQL refuses the statement"),
            false => (Risk::Medium, "the last one is taken"),
        };
        let claim = format!("`{object}` is given two values: {effect}");
        sink.report(step, &object, risk, claim).stake(Stake::Data).fix("Give it one", "");
    }
}

/// Whole columns that the first `set` names, in order; parts of a column may be set one by one.
fn assigned(tokens: &[Token]) -> Vec<&str> {
    let mut cursor = Cursor::new(tokens);
    if !cursor.find("set") {
        return Vec::new();
    }
    let mut out = Vec::new();
    for part in by_commas(cursor.until(&["where", "from", "returning"])) {
        let mut part = Cursor::new(part);
        let target = part.until(&["="]);
        let names = Cursor::new(target).group();
        let is_whole = names.is_some() || target.len() == 1;
        let words = names.unwrap_or(target).iter().filter(|it| it.kind != TokenKind::Sign);
        out.extend(words.filter(|_| is_whole).map(|it| it.text.as_str()));
    }
    out
}
