//! Where a spec names the tables that were detected, in any case, number or script.
//!
//! Built when an editor asks, never on a keystroke: one automaton over the surface forms of all
//! tables scans a document once.

mod form;
pub mod requirements;

pub use crate::mentions::form::{Form, same_word};

use crate::analysis::Analysis;
use crate::document::Document;
use crate::facts::Fact;
use aho_corasick::{AhoCorasick, MatchKind};
use model::{DocumentId, Span};
use rustc_hash::{FxHashMap, FxHashSet};

/// One place that names a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mention {
    pub document: DocumentId,
    pub span: Span,
    /// Index into the detection's tables.
    pub table: usize,
}

/// Finds the tables of one detection in texts.
#[derive(Debug)]
pub struct Names {
    automaton: Option<AhoCorasick>,
    /// The table that each pattern names.
    tables: Vec<usize>,
}

impl Names {
    /// Collects the surface forms of every table: its name, its label, and the words by which
    /// readers recognised it, each in singular and plural and in the usual ways of joining words.
    #[must_use]
    pub fn new<'a>(analysis: &'a Analysis) -> Self {
        let mut owners: FxHashMap<String, usize> = FxHashMap::default();
        let by_name: FxHashMap<&str, usize> = (analysis.detection.tables.iter().enumerate())
            .map(|(index, it)| (it.name.as_str(), index))
            .collect();
        // Prose repeats its words, and their forms are dear.
        let mut seen: FxHashSet<(&str, usize)> = FxHashSet::default();
        let mut take = |name: &str, label: &'a str, index: usize| {
            if !seen.insert((label, index)) {
                return;
            }
            // A label that is no form of its English name is a word of another language.
            let foreign = !label.is_ascii() || !same_word(name, label);
            form::variants(label, foreign, |it| add(&mut owners, it, index));
        };
        for (index, table) in analysis.detection.tables.iter().enumerate() {
            take(&table.name, &table.name, index);
            take(&table.name, &table.label, index);
        }
        for placed in analysis.facts.iter().flatten() {
            for fact in &placed.facts.facts {
                let (name, label) = match fact {
                    Fact::Table(it) | Fact::Citation(it) => (&it.name, &it.label),
                    Fact::Entity(it) => (&it.name, &it.label),
                    _ => continue,
                };
                if let Some(index) = by_name.get(name.as_str()) {
                    take(name, label, *index);
                }
            }
        }
        let (patterns, tables): (Vec<String>, Vec<usize>) = owners.into_iter().unzip();
        // Overlapping search, because a long match may fail the word test where a short one holds.
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .ascii_case_insensitive(true)
            .build(patterns);
        Self { automaton: automaton.ok(), tables }
    }

    /// The mentions inside `span`, in order, without overlaps; of two at one place the longer.
    #[must_use]
    pub fn within(&self, document: &Document, id: DocumentId, span: Span) -> Vec<Mention> {
        let (Some(automaton), Some(text)) = (&self.automaton, document.text.get(span.range()))
        else {
            return Vec::new();
        };
        let mut found: Vec<Mention> = automaton
            .find_overlapping_iter(text)
            .filter(|it| form::is_word(text, it.start(), it.end()))
            .map(|it| Mention {
                document: id,
                span: Span::new(it.start(), it.end()).shift(span.range().start),
                table: self.tables[it.pattern().as_usize()],
            })
            .collect();
        found.sort_by_key(|it| (it.span.start, std::cmp::Reverse(it.span.end)));
        let mut end = 0;
        found.retain(|it| {
            let free = it.span.start >= end;
            if free {
                end = it.span.end;
            }
            free
        });
        found
    }

    /// All mentions in a document.
    #[must_use]
    pub fn of(&self, document: &Document, id: DocumentId) -> Vec<Mention> {
        self.within(document, id, Span::new(0, document.text.len()))
    }
}

/// Whether a name is written in a script that puts no spaces between words.
#[must_use]
pub fn is_unspaced(name: &str) -> bool {
    name.chars().any(form::is_unspaced)
}

/// The first table to claim a form keeps it: tables come before the words of prose.
fn add(owners: &mut FxHashMap<String, usize>, form: String, table: usize) {
    // A single letter or digit names too much.
    if form.chars().count() > 1 || form.chars().any(form::is_unspaced) {
        owners.entry(form).or_insert(table);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};
    use model::{Confidence, Detection, Modality, Table};

    /// Finds tables given as `name=label` in a text.
    fn check(tables: &[&str], text: &str, expect: Expect) {
        let tables = tables.iter().map(|it| {
            let (name, label) = it.split_once('=').unwrap_or((it, it));
            Table {
                name: name.to_owned(),
                label: label.to_owned(),
                columns: Vec::new(),
                owner: None,
                policy: None,
                explicit: true,
                confidence: Confidence::CERTAIN,
                modality: Modality::InScope,
                evidence: Vec::new(),
            }
        });
        let detection = Detection { tables: tables.collect(), ..Detection::default() };
        let analysis =
            Analysis { facts: Vec::new(), formats: Vec::new(), detection, diagnostics: Vec::new() };
        let document = Document::new(None, text.into());
        let shown: Vec<String> = Names::new(&analysis)
            .of(&document, DocumentId(0))
            .iter()
            .map(|it| {
                let name = &analysis.detection.tables[it.table].name;
                format!("{}={name}", document.slice(it.span))
            })
            .collect();
        expect.assert_eq(&shown.join(" "));
    }

    #[test]
    fn case_number_and_joining_do_not_matter() {
        check(
            &["order_items=Order Item"],
            "Order Items, an order item, order_items, OrderItem, orderItems, order-item, ORDER_ITEMS; orders, reorder items",
            expect![
                "Order Items=order_items order item=order_items order_items=order_items OrderItem=order_items orderItems=order_items order-item=order_items ORDER_ITEMS=order_items"
            ],
        );
    }

    #[test]
    fn the_longer_name_wins() {
        check(
            &["orders", "order_items"],
            "each order item of an order",
            expect!["order item=order_items order=orders"],
        );
    }

    #[test]
    fn words_are_whole_where_the_script_has_words() {
        check(
            &["posts", "users"],
            "poster, composts, user_id, Post, users' users.",
            expect!["Post=posts users=users users=users"],
        );
    }

    #[test]
    fn scripts_without_word_breaks_match_inside_text() {
        check(
            &["users=用户", "comments=コメント", "bookings=예약"],
            "每个用户可以评论。ユーザーはコメントを書く、コメントリストは別。예약을 취소, 재예약",
            expect!["用户=users コメント=comments 예약=bookings"],
        );
    }

    #[test]
    fn nouns_of_other_languages_are_inflected() {
        check(
            &["users=Пользователи", "orders=Заказы", "customers=Kunden", "songs=Canciones"],
            "пользователь, пользователями, заказов, заказчик, Kunde, canción; Kundendienst",
            expect![
                "пользователь=users пользователями=users заказов=orders Kunde=customers canción=songs"
            ],
        );
        check(
            &["reviews=Avaliações", "channels=Canaux"],
            "avaliação, un canal",
            expect!["avaliação=reviews canal=channels"],
        );
        check(&["lists", "orders=Order"], "listen to orders, ordern", expect!["orders=orders"]);
    }

    #[test]
    fn capitals_of_every_alphabet_match() {
        check(
            &["orders=заказ", "surveys=Übung"],
            "Заказ, заказ, ЗАКАЗ, übung, заказчик",
            expect!["Заказ=orders заказ=orders ЗАКАЗ=orders übung=surveys"],
        );
    }
}
