use super::cx::{Cx, Sink};
use crate::ddl::Action;
use crate::schema::Table;
use crate::sql::{Cursor, Token};
use model::{Risk, Stake};

declare_rule! {
    /// A search index over another table is not kept up with it.
    ///
    /// SQLite's `fts5 (content = 't')` holds no text of its own: rows that are there before are not found until it is rebuilt, and each insert, update and delete has to be passed on by a trigger; one that is missed spoils the index.
    ///
    /// ```sqlite,bad
    /// create table posts (id integer primary key, body text);
    /// -- migration
    /// create virtual table posts_search using fts5 (body, content = 'posts', content_rowid = 'id');
    /// create trigger posts_search_add after insert on posts begin insert into posts_search (rowid, body) values (new.id, new.body); end;
    /// ```
    /// ```sqlite,good
    /// create table posts (id integer primary key, body text);
    /// -- migration
    /// create virtual table posts_search using fts5 (body);
    /// insert into posts_search (rowid, body) select id, body from posts;
    /// ```
    pub(super) static RULE = {
        name: "unsynced-search",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: unsynced_search,
    }
}

fn unsynced_search(cx: &Cx, sink: &mut Sink<'_>) {
    for step in cx.change.steps.iter().filter(|_| !cx.is_postgres()) {
        let Some((index, source)) = search_index(&step.raw.tokens) else { continue };
        let Some(table) = cx.change.after.table(&source) else { continue };
        let mut missing: Vec<String> = ["insert", "update", "delete"]
            .into_iter()
            .filter(|it| !is_passed_on(table, &index, it))
            .map(|it| format!("no trigger passes on each {it}"))
            .collect();
        let is_filled = cx
            .change
            .steps
            .iter()
            .any(|it| matches!(&it.action, Action::Insert { table, .. } if *table == index));
        // Where no trigger does, a program may.
        let mut is_sure = missing.len() < 3;
        if cx.change.is_old(table) && !is_filled {
            missing.insert(0, "the rows that are there are not in it".to_owned());
            is_sure = true;
        }
        if !missing.is_empty() {
            let risk = if is_sure { Risk::Medium } else { Risk::Low };
            let claim = format!("`{index}` does not follow `{source}`: {}", missing.join(", "));
            sink.report(step, &index, risk, claim).stake(Stake::Data).fix(
                "Rebuild it, and pass on what changes",
                format!("insert into {index} ({index}) values ('rebuild');"),
            );
        }
    }
}

fn is_passed_on(table: &Table, index: &str, event: &str) -> bool {
    table
        .triggers
        .iter()
        .any(|it| it.events.iter().any(|it| it == event) && it.writes.iter().any(|it| it == index))
}

/// A search index that a statement makes, and the table that holds its texts.
fn search_index(tokens: &[Token]) -> Option<(String, String)> {
    let mut cursor = Cursor::new(tokens);
    cursor.eat("create virtual table").then_some(())?;
    cursor.eat("if not exists");
    let name = cursor.name()?;
    cursor.eat("using").then_some(())?;
    cursor.ident().filter(|it| it.starts_with("fts"))?;
    let options = cursor.group()?;
    let at = options.windows(2).position(|it| it[0].text == "content" && it[1].text == "=")?;
    let source = options.get(at + 2)?.text.trim_matches(['\'', '"']).to_owned();
    (!source.is_empty()).then_some((name, source))
}
