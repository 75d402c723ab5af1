use super::cx::BlockCx;
use super::notes::{Notes, PlacedNote};
use super::words::stem;
use super::{Sink, SpecCx};
use crate::read::{Language, names};
use crate::scope::Role;
use model::{ColumnKey, Modality, Table};
use rustc_hash::{FxHashMap, FxHashSet};
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
    let model: Vec<&Table> = tables
        .iter()
        .filter(|it| it.explicit && it.is_required() && it.columns.len() > 1)
        .collect();
    let used: FxHashSet<String> = (model.iter())
        .flat_map(|it| &it.columns)
        .filter_map(|it| match &it.key {
            Some(ColumnKey::Foreign { table, .. }) => Some(names::singular(table)),
            _ => None,
        })
        .collect();
    let words = Words::new(&model, notes);
    let alone = |it: &&&Table| !used.contains(&names::singular(&it.name)) && !is_support(it);
    let candidates = model.iter().filter(alone);
    let unused: Vec<&Table> = candidates.copied().filter(|it| !words.speak_of(it)).collect();
    // Where most tables go unmentioned, the spec is a data model with little prose.
    let enough = model.len().div_ceil(2);
    let spoken = model.iter().filter(|it| words.speak_of(it)).take(enough);
    if unused.is_empty() || spoken.count() < enough {
        return;
    }
    for table in unused {
        let Some(it) = table.evidence.first() else { continue };
        let message = format!("nothing outside the data model speaks of `{}`", table.label);
        sink.report(it.document, it.span, message).unnecessary();
    }
}

/// Which notes hold the words that tables are called by; notes are many and long.
struct Words {
    by_word: FxHashMap<String, Vec<usize>>,
}

impl Words {
    fn new(model: &[&Table], notes: &[PlacedNote<'_>]) -> Self {
        let names = model.iter().filter(|it| is_judged(it));
        let wanted = names.flat_map(|it| parts(it).into_iter().chain([label(it)]));
        let mut by_word: FxHashMap<String, Vec<usize>> =
            wanted.map(|it| (it, Vec::new())).collect();
        for (index, it) in notes.iter().enumerate() {
            for word in it.note.key.split_ascii_whitespace() {
                if let Some(places) = by_word.get_mut(word) {
                    places.push(index);
                }
            }
        }
        Self { by_word }
    }

    /// Whether a note has the table's label, or all parts of its name.
    fn speak_of(&self, table: &Table) -> bool {
        if !is_judged(table) {
            return true;
        }
        let places = |word: &str| self.by_word.get(word).map_or(&[][..], Vec::as_slice);
        let parts = parts(table);
        let Some((first, rest)) = parts.split_first() else { return true };
        let all = |it: &&usize| rest.iter().all(|part| places(part).binary_search(*it).is_ok());
        !places(&label(table)).is_empty() || places(first).iter().any(|it| all(&it))
    }
}

/// Names in other scripts are not split into words, so they are not judged.
fn is_judged(table: &Table) -> bool {
    table.label.is_ascii() && !table.label.contains(|it: char| " .:()0123456789".contains(it))
}

fn parts(table: &Table) -> Vec<String> {
    let singular = names::singular(&table.name);
    let parts = singular.split('_').filter(|it| it.len() > 2 && !says_nothing(it));
    parts.map(stem).collect()
}

fn label(table: &Table) -> String {
    stem(&table.label.chars().filter(|it| it.is_alphanumeric()).collect::<String>())
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
    let support = [
        "log",
        "audit",
        "setting",
        "config",
        "token",
        "session",
        "migration",
        "event",
        "cache",
        "history",
    ];
    n_keys > 1 || support.iter().any(|it| table.name.contains(it))
}
