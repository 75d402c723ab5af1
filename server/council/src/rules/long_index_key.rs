use super::cx::{Cx, Sink};
use super::told::comment_before;
use crate::ddl::Action;
use crate::schema::{Column, Table};
use model::{Risk, Stake};

declare_rule! {
    /// An index has a whole text as its key: a longer one cannot be written any more.
    ///
    /// A row of a B-tree has room for about 2,700 bytes. Index a hash of the text, its first letters, or its words (`gin`).
    ///
    /// ```sql,bad
    /// create table encounters (id bigint primary key, note text not null);
    /// -- migration
    /// create index concurrently if not exists encounters_note on encounters (note);
    /// ```
    /// ```sql,good
    /// create table encounters (id bigint primary key, note text not null);
    /// -- migration
    /// create index concurrently if not exists encounters_note on encounters (md5(note));
    /// ```
    pub(super) static RULE = {
        name: "long-index-key",
        group: NetChange,
        class: Availability,
        since: "0.1.0",
        check: long_index_key,
    }
}

fn long_index_key(cx: &Cx, sink: &mut Sink<'_>) {
    for step in cx.change.steps.iter().filter(|_| cx.is_postgres()) {
        let Action::CreateIndex(it) = &step.action else { continue };
        // Other methods keep no whole values.
        if step.raw.tokens.iter().any(|it| it.text == "using") {
            continue;
        }
        let Some(table) = step.schema.table(&it.table) else { continue };
        let mut columns = it.index.keys.iter().filter_map(|it| table.column(it));
        let Some(column) = columns.find(|it| is_long(it) && holds_prose(cx, table, it)) else {
            continue;
        };
        let object = format!("{}.{}", table.name, column.name);
        let claim = format!("a text in `{object}` that is longer than an index takes is refused");
        sink.report(step, &object, Risk::Medium, claim)
            .stake(Stake::Service)
            .fix("Index a hash of it, or its words", "");
    }
}

fn is_long(column: &Column) -> bool {
    matches!(column.kind.base.as_str(), "text" | "json" | "jsonb" | "xml")
        || column.kind.base == "varchar" && column.kind.arguments.iter().all(|it| *it > 2_700)
}

/// Whether people write as much as they like there, by the name of the column or by its comment.
fn holds_prose(cx: &Cx, table: &Table, column: &Column) -> bool {
    const WORDS: [&str; 20] = [
        "note",
        "notes",
        "body",
        "content",
        "contents",
        "description",
        "html",
        "markdown",
        "message",
        "payload",
        "raw",
        "bio",
        "comment",
        "transcript",
        "story",
        "article",
        "text",
        "remarks",
        "letter",
        "document",
    ];
    let is_sized = |text: &str| {
        text.split(|it: char| !it.is_alphanumeric())
            .any(|it| matches!(it, "kb" | "kib" | "mb" | "kilobytes" | "megabytes"))
    };
    let told = [
        comment_before(cx, table.id).filter(|it| it.contains(column.name.as_str())),
        comment_before(cx, column.id),
    ];
    column.name.split('_').any(|it| WORDS.contains(&it))
        || told.iter().flatten().any(|it| is_sized(it))
}
