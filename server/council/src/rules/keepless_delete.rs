use super::cx::{Cx, Sink};
use crate::ddl::{Action, Delete};
use crate::sql::{Cursor, Token, TokenKind, by_commas, spelt};
use model::{Risk, Stake};
use std::collections::BTreeSet;

declare_rule! {
    /// Rows that have a twin are deleted, and so is the twin.
    ///
    /// A condition that is the same for both, such as `a.id <> b.id`, holds for each of them. `a.id > b.id` keeps the first; so does `id not in (select min(id) … group by …)`.
    ///
    /// ```sql,bad
    /// create table people (id bigint primary key, email text);
    /// -- migration
    /// delete from people a using people b where a.email = b.email and a.id <> b.id;
    /// ```
    /// ```sqlite,bad
    /// create table people (id integer primary key, email text);
    /// -- migration
    /// delete from people where email in (select email from people group by email having count(*) > 1);
    /// ```
    /// ```sqlite,bad
    /// create table people (id integer primary key, email text);
    /// -- migration
    /// delete from people where id not in (select min(id) from people);
    /// ```
    /// ```sql,bad
    /// create table people (id bigint primary key, email text);
    /// -- migration
    /// delete from people a using people b where a.email = b.email and a.id <= b.id;
    /// ```
    /// ```sql,good
    /// create table people (id bigint primary key, email text);
    /// -- migration
    /// delete from people a using people b where a.email = b.email and a.id > b.id;
    /// ```
    /// ```sqlite,good
    /// create table people (id integer primary key, email text);
    /// -- migration
    /// delete from people where id not in (select min(id) from people group by email);
    /// ```
    pub(super) static RULE = {
        name: "keepless-delete",
        group: NetChange,
        class: DataLoss,
        since: "0.1.0",
        check: keepless_delete,
    }
}

fn keepless_delete(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let Action::Delete(it) = &step.action else { continue };
        if cx.change.old_table(step, &it.table).is_none() {
            continue;
        }
        let claim = match () {
            () if is_symmetric(it) || is_grouped(it) => {
                format!("deletes rows of `{}` that have a twin, and the twin too", it.table)
            }
            () if fits_itself(it) => {
                format!("deletes every row of `{}`: each one fits itself", it.table)
            }
            () if keeps_one(it) => format!("deletes every row of `{}` but one", it.table),
            () => continue,
        };
        sink.report(step, &it.table, Risk::Critical, claim)
            .stake(Stake::Data)
            .fix("Keep the first: compare with `>` instead of `<>`", "");
    }
}

/// Whether the condition says the same of a row and of the other row of its table.
fn is_symmetric(it: &Delete) -> bool {
    let own = it.alias.as_deref().unwrap_or(&it.table);
    let Some(filter) = &it.filter else { return false };
    if let Some(other) = alias_of(&it.using, &it.table) {
        return is_same_for_both(filter, own, &other);
    }
    groups(filter).into_iter().any(|group| {
        let mut cursor = Cursor::new(group);
        let is_query = cursor.eat("select") && cursor.find("from");
        let from = cursor.until(&["where"]);
        let other = alias_of(from, &it.table).filter(|_| is_query && cursor.eat("where"));
        other.is_some_and(|other| is_same_for_both(cursor.rest(), own, &other))
    })
}

/// Whether a row is a row's own twin: nothing says that the other one is another.
fn fits_itself(it: &Delete) -> bool {
    let own = it.alias.as_deref().unwrap_or(&it.table);
    let Some(filter) = &it.filter else { return false };
    let Some(other) = alias_of(&it.using, &it.table).filter(|it| it != own) else { return false };
    let mut cursor = Cursor::new(filter);
    let mut is_same = !cursor.is_done();
    while !cursor.is_done() && is_same {
        let part = spelt(cursor.until(&["and"]));
        cursor.eat("and");
        let bare = |it: &str| {
            [own, other.as_str()]
                .iter()
                .find_map(|of| it.strip_prefix(&format!("{of}.")).map(str::to_owned))
        };
        let sides = [" = ", " <= ", " >= ", " is not distinct from "]
            .iter()
            .find_map(|sign| part.split_once(sign));
        is_same = sides.is_some_and(|(a, b)| bare(a).is_some() && bare(a) == bare(b));
    }
    is_same
}

/// The name of a table in a list of one.
fn alias_of(list: &[Token], table: &str) -> Option<String> {
    let mut cursor = Cursor::new(list);
    let name = cursor.name().filter(|it| it == table)?;
    cursor.eat("as");
    let alias = cursor.ident().unwrap_or(name);
    cursor.is_done().then_some(alias)
}

/// Whether a condition stays what it is when two names change places.
fn is_same_for_both(condition: &[Token], one: &str, other: &str) -> bool {
    let swapped: Vec<Token> = condition
        .iter()
        .map(|it| {
            let text = match it.text.as_str() {
                text if text == one => other,
                text if text == other => one,
                text => text,
            };
            Token { text: text.to_owned(), ..it.clone() }
        })
        .collect();
    let names_both = [one, other].iter().all(|name| condition.iter().any(|it| it.text == **name));
    one != other && names_both && conditions(condition) == conditions(&swapped)
}

/// Its conjuncts; the sides of an equality have no order.
fn conditions(tokens: &[Token]) -> BTreeSet<Vec<String>> {
    let mut cursor = Cursor::new(tokens);
    let mut out = BTreeSet::new();
    while !cursor.is_done() {
        let part = cursor.until(&["and"]);
        cursor.eat("and");
        let is_even = |it: &Token| {
            it.kind == TokenKind::Sign && matches!(it.text.as_str(), "=" | "<>" | "!=")
        };
        let distinct = part
            .windows(3)
            .position(|it| it[0].text == "is" && it[1].text == "distinct" && it[2].text == "from");
        let sides = match (part.iter().position(is_even), distinct) {
            (Some(at), _) => {
                Some((spelt(&part[..at]), spelt(&part[at + 1..]), part[at].text.clone()))
            }
            (None, Some(at)) => Some((spelt(&part[..at]), spelt(&part[at + 3..]), "<>".to_owned())),
            (None, None) => None,
        };
        out.insert(match sides {
            Some((left, right, sign)) => {
                let mut sides = vec![left, right];
                sides.sort();
                sides.push(sign.replace("!=", "<>"));
                sides
            }
            None => vec![spelt(part)],
        });
    }
    out
}

/// Whether it deletes whole groups: `k in (select k … group by k having count(*) > 1)` and no more.
fn is_grouped(it: &Delete) -> bool {
    let Some(filter) = &it.filter else { return false };
    let mut cursor = Cursor::new(filter);
    let columns = spelt(cursor.until(&["in"]));
    if !cursor.eat("in") {
        return false;
    }
    let Some(group) = cursor.group().filter(|_| cursor.is_done()) else { return false };
    let mut query = Cursor::new(group);
    query.eat("select");
    let chosen = spelt(query.until(&["from"]));
    let is_of_same = query.eat("from") && query.name().as_deref() == Some(it.table.as_str());
    let keys = if query.find("group by") { spelt(query.until(&["having"])) } else { String::new() };
    let having = spelt(query.rest());
    let bare = |it: &str| it.trim_matches(['(', ')']).to_owned();
    is_of_same
        && bare(&columns) == bare(&keys)
        && bare(&chosen) == bare(&keys)
        && having.starts_with("having count(")
}

/// Whether it keeps a single row of the whole table: `id not in (select min(id) from t)`.
fn keeps_one(it: &Delete) -> bool {
    let Some(filter) = &it.filter else { return false };
    let mut cursor = Cursor::new(filter);
    let is_not = cursor.find("not in") || cursor.find("<>") || cursor.find("!=");
    let Some(group) = cursor.group().filter(|_| is_not && cursor.is_done()) else { return false };
    let mut query = Cursor::new(group);
    let picks =
        query.eat("select") && query.eat_any(&["min", "max"]).is_some() && query.group().is_some();
    picks
        && query.eat("from")
        && query.name().as_deref() == Some(it.table.as_str())
        && query.is_done()
}

/// Every group of parentheses, inner ones too.
fn groups(tokens: &[Token]) -> Vec<&[Token]> {
    let starts = (0..tokens.len())
        .filter(|at| tokens[*at].kind == TokenKind::Sign && tokens[*at].text == "(");
    let groups = starts.filter_map(|at| Cursor::new(&tokens[at..]).group());
    groups.filter(|it| !by_commas(it).is_empty()).collect()
}
