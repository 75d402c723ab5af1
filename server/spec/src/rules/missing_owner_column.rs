use super::words::stem;
use super::{Sink, SpecCx, mend};
use crate::facts::Cue;
use crate::read::names;
use model::{ColumnKey, DocumentId, Modality, Policy, Span, Table};
use rustc_hash::FxHashMap;
use unicode_segmentation::UnicodeSegmentation as _;

declare_rule! {
    /// Rows belong to a person, but the table has no column that says to whom.
    ///
    /// A table whose parent has an owner needs none of its own.
    ///
    /// ```md,bad
    /// ## Features
    /// Users can only see their own recipes.
    ///
    /// ## Data model
    /// ### recipes
    /// - id: uuid
    /// - title: text
    /// - body: text
    /// ```
    /// ```md,good
    /// ## Features
    /// Users can only see their own recipes.
    ///
    /// ## Data model
    /// ### recipes
    /// - id: uuid
    /// - user_id: uuid
    /// - title: text
    /// - body: text
    /// ```
    pub(super) static RULE = {
        name: "missing-owner-column",
        group: Backend,
        severity: Warning,
        since: "0.1.0",
        check: Spec(missing_owner_column),
    }
}

fn missing_owner_column(cx: &SpecCx<'_>, sink: &mut Sink<'_>) {
    let tables = &cx.analysis.detection.tables;
    let by_name: FxHashMap<String, &Table> =
        tables.iter().map(|it| (names::singular(&it.name), it)).collect();
    let mut owned: Vec<(&Table, DocumentId, Span)> = Vec::new();
    let candidates: Vec<(&Table, Vec<String>)> = tables
        .iter()
        .filter(|it| lists_columns(it) && !is_person(it) && !has_owner(it, &by_name, 3))
        .map(|it| (it, it.name.split('_').map(stem).collect()))
        .collect();
    if candidates.is_empty() {
        return;
    }
    for (document, span) in ownership(cx) {
        let sentence = mend::sentence(cx, document, span);
        for table in named(sentence, &candidates) {
            if !owned.iter().any(|(it, ..)| it.name == table.name) {
                owned.push((table, document, span));
            }
        }
    }
    let protected = candidates.iter().map(|(it, _)| *it);
    for table in protected.filter(|it| it.policy == Some(Policy::OwnRow)) {
        if let Some(it) = table.evidence.first()
            && !owned.iter().any(|(known, ..)| known.name == table.name)
        {
            owned.push((table, it.document, it.span));
        }
    }
    for (table, document, span) in owned {
        let Some(last) = table.columns.last() else { continue };
        let message = format!("`{}` has no column for its owner", table.name);
        let at =
            table.evidence.first().map_or((last.document, last.span), |it| (it.document, it.span));
        let report = sink.report(at.0, at.1, message).related(
            document,
            span,
            "rows belong to a person here",
        );
        if let Some(edit) = mend::owner_column(cx, last.document, last.span) {
            report.fix("Add owner column `user_id`", vec![edit], false);
        }
    }
}

/// Where the spec says in scope that rows belong to somebody.
fn ownership(cx: &SpecCx<'_>) -> Vec<(DocumentId, Span)> {
    super::cues::places(cx, Cue::Ownership, Modality::InScope)
}

/// The tables that a sentence names.
fn named<'a>(sentence: &str, tables: &[(&'a Table, Vec<String>)]) -> Vec<&'a Table> {
    let words: Vec<String> = sentence.unicode_words().map(stem).collect();
    let has = |it: &str| words.iter().any(|word| word == it);
    let in_other_script = |it: &Table| !it.label.is_ascii() && sentence.contains(&it.label);
    tables
        .iter()
        .filter(|(it, parts)| {
            let titled = it.label.starts_with(|it: char| it.is_ascii_digit());
            !titled && parts.iter().all(|part| has(part)) || in_other_script(it)
        })
        .map(|(it, _)| *it)
        .collect()
}

/// Whether a table is modelled in columns with types or keys.
fn lists_columns(table: &Table) -> bool {
    let typed = table.columns.iter().filter(|it| it.ty.is_some() || it.key.is_some()).count();
    table.explicit && table.is_required() && typed > 1
}

fn is_person(table: &Table) -> bool {
    const PEOPLE: &[&str] = &["user", "account", "profile", "member", "customer", "admin", "owner"];
    PEOPLE.contains(&names::singular(&table.name).as_str())
        || table.columns.iter().any(|it| it.name.contains("password"))
}

/// Whether the table, or one it hangs on, says who owns a row.
fn has_owner(table: &Table, by_name: &FxHashMap<String, &Table>, depth: u8) -> bool {
    const OWNERS: &[&str] = &[
        "user",
        "owner",
        "author",
        "creator",
        "created_by",
        "account",
        "profile",
        "member",
        "customer",
        "uid",
        "host",
        "organizer",
        "student",
        "teacher",
        "seller",
        "client",
        "tenant",
        "org",
        "organization",
        "workspace",
        "team",
        "company",
        "guild",
        "device",
        "session",
        "email",
    ];
    if table.owner.is_some() {
        return true;
    }
    table.columns.iter().any(|column| {
        let lower = column.name.to_lowercase();
        let names_owner = |part: &str| OWNERS.iter().any(|it| part.ends_with(it));
        let named = names_owner(&lower) || OWNERS.iter().any(|it| lower.starts_with(it));
        let owner_key = || lower.match_indices("_id").any(|(at, _)| names_owner(&lower[..at]));
        let parent = || match &column.key {
            Some(ColumnKey::Foreign { table: target, .. }) if depth > 0 => by_name
                .get(&names::singular(target))
                .is_some_and(|it| is_person(it) || has_owner(it, by_name, depth - 1)),
            _ => false,
        };
        named || owner_key() || parent()
    })
}

#[cfg(test)]
mod tests {
    use crate::rules::testing;
    use expect_test::{Expect, expect};

    fn check(text: &str, expect: Expect) {
        expect.assert_eq(&testing::render(text, &["missing-owner-column"]));
    }

    #[test]
    fn the_mend_is_written_like_the_columns_beside_it() {
        check(
            "Users only see their own recipes.\n\n## Data model\n\n### recipes\n\n| column | type |\n|---|---|\n| id | uuid |\n| title | text |\n| body | text |\n",
            expect![[r#"
                5: warning[missing-owner-column] "recipes" `recipes` has no column for its owner
                  see 1: "only see their" rows belong to a person here
                  fix: Add owner column `user_id`
                    12 "" -> "| user_id | uuid |\n"
            "#]],
        );
    }

    #[test]
    fn a_parent_with_an_owner_is_enough() {
        check(
            "Users only see their own tasks.\n\n## Data model\n\n### lists\n- id: uuid\n- user_id: uuid\n\n### tasks\n- id: uuid\n- list_id: uuid\n- title: text\n- done: bool\n",
            expect![""],
        );
    }
}
