use super::cx::BlockCx;
use super::notes::{Notes, PlacedNote};
use super::{Sink, SpecCx};
use crate::read::{Language, names};
use crate::scope::Role;
use model::{ColumnKey, Modality, Table};
use rustc_hash::FxHashSet;
use unicode_segmentation::UnicodeSegmentation as _;

declare_rule! {
    /// The data model has a table that no other part of the spec speaks of.
    ///
    /// Tables that others reference, that join two others or keep a log count as used. Only in
    /// specs that say more than their data model.
    ///
    /// ```md,bad
    /// ## Features
    /// - Users write recipes and share recipes with others. Each recipe has a title.
    /// - Users search their recipes.
    ///
    /// ## Data model
    /// ### recipes
    /// - id: uuid
    /// - title: text
    /// - body: text
    ///
    /// ### coupons
    /// - id: uuid
    /// - code: text
    /// - percent: int
    /// ```
    /// ```md,good
    /// ## Features
    /// - Users write recipes and share recipes with others. Each recipe has a title.
    /// - Users redeem a coupon.
    ///
    /// ## Data model
    /// ### recipes
    /// - id: uuid
    /// - title: text
    /// - body: text
    ///
    /// ### coupons
    /// - id: uuid
    /// - code: text
    /// - percent: int
    /// ```
    pub(super) static RULE = {
        name: "unused-model-entity",
        group: Backend,
        severity: Hint,
        since: "0.1.0",
        check: Joined(note, join),
    }
}

/// Words of the data model say nothing about its use.
fn note(cx: &BlockCx<'_>, notes: &mut Notes<'_>) {
    if cx.chunk.language != Language::English {
        notes.take("foreign", model::Span::at(0), Modality::InScope, "", "");
        return;
    }
    let mut words: Vec<String> = Vec::new();
    for line in cx.lines.iter().filter(|it| !it.scope.is_under(Role::DataModel)) {
        words.extend(line.text().unicode_words().filter(|it| it.len() > 2).map(stem));
    }
    words.sort_unstable();
    words.dedup();
    if !words.is_empty() {
        let text = format!(" {} ", words.join(" "));
        notes.take("words", model::Span::at(0), Modality::InScope, text, "");
    }
}

fn join(cx: &SpecCx<'_>, notes: &[PlacedNote<'_>], sink: &mut Sink<'_>) {
    // Prose in another language calls the tables by other names.
    if notes.iter().any(|it| it.note.kind == "foreign") {
        return;
    }
    let tables = &cx.analysis.detection.tables;
    let model: Vec<&Table> =
        tables.iter().filter(|it| it.explicit && it.is_required() && it.columns.len() > 1).collect();
    let used: FxHashSet<String> = (model.iter())
        .flat_map(|it| &it.columns)
        .filter_map(|it| match &it.key {
            Some(ColumnKey::Foreign { table, .. }) => Some(names::singular(table)),
            _ => None,
        })
        .collect();
    let alone = |it: &&&Table| !used.contains(&names::singular(&it.name)) && !is_support(it);
    let candidates = model.iter().filter(alone);
    let unused: Vec<&Table> = candidates.copied().filter(|it| !is_spoken_of(it, notes)).collect();
    // Where most tables go unmentioned, the spec is a data model with little prose.
    let enough = model.len().div_ceil(2);
    let spoken = model.iter().filter(|it| is_spoken_of(it, notes)).take(enough);
    if unused.is_empty() || spoken.count() < enough {
        return;
    }
    for table in unused {
        let Some(it) = table.evidence.first() else { continue };
        let message = format!("nothing outside the data model speaks of `{}`", table.label);
        sink.report(it.document, it.span, message).unnecessary();
    }
}

fn is_spoken_of(table: &Table, notes: &[PlacedNote<'_>]) -> bool {
    // Names in other scripts are not split into words, so they are not judged.
    if !table.label.is_ascii() || table.label.contains(|it: char| " .:()0123456789".contains(it)) {
        return true;
    }
    let singular = names::singular(&table.name);
    let parts: Vec<String> =
        singular.split('_').filter(|it| it.len() > 2 && !says_nothing(it)).map(|it| format!(" {} ", stem(it))).collect();
    let label: String = table.label.chars().filter(|it| it.is_alphanumeric()).collect();
    let label = format!(" {} ", stem(&label));
    parts.is_empty()
        || notes.iter().any(|it| {
            let words = &it.note.key;
            words.contains(&label) || parts.iter().all(|part| words.contains(part.as_str()))
        })
}

/// Parts of names that prose leaves out.
fn says_nothing(part: &str) -> bool {
    ["info", "detail", "data", "record", "stat", "item", "entry", "table", "model"].contains(&part)
}

/// Joins, logs and settings work behind what is spoken of.
fn is_support(table: &Table) -> bool {
    let n_keys = table
        .columns
        .iter()
        .filter(|it| matches!(it.key, Some(ColumnKey::Foreign { .. })) || it.name.ends_with("_id"))
        .count();
    let support =
        ["log", "audit", "setting", "config", "token", "session", "migration", "event", "cache", "history"];
    n_keys > 1 || support.iter().any(|it| table.name.contains(it))
}

/// Lower case without a plural ending; the same cut on both sides is all that matters.
fn stem(word: &str) -> String {
    let mut out = word.to_lowercase();
    for (ending, instead) in [("ies", "y"), ("es", ""), ("s", ""), ("e", "")] {
        if out.len() > ending.len() + 2 && out.ends_with(ending) {
            out.truncate(out.len() - ending.len());
            out.push_str(instead);
            break;
        }
    }
    out
}
