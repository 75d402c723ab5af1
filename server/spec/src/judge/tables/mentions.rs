//! Weighs what prose and endpoint lists mention against what models declare.
//!
//! Where a spec lists its tables, prose-only things are hints: whoever wrote the list left them
//! out. Where it does not, a thing counts once enough is done to it.

use super::traits::{DECLARED_MIN, Product, Traits};
use super::{Tables, add_evidence, groups};
use crate::facts::{EntityFact, Fact};
use crate::judge::{Facts, Place};
use crate::read::{names, nouns};
use model::{Confidence, Evidence, Modality, Table};
use rustc_hash::FxHashMap;

/// Sightings kept as evidence.
const EVIDENCE_MAX: usize = 6;
/// What is fainter is no hint.
const FAINT: Confidence = Confidence::percent(20);
/// What a hint is worth at most.
const HINT: Confidence = Confidence::percent(55);

/// All that is done to one thing.
#[derive(Default)]
struct Mention {
    name: String,
    label: String,
    evidence: Vec<Evidence>,
    traits: Traits,
}

impl Mention {
    fn add(&mut self, place: Place, fact: &EntityFact) {
        self.traits.add(place, fact);
        let evidence = place.evidence(&fact.sighting);
        // What creates it proves more than what mentions it.
        if self.evidence.len() < EVIDENCE_MAX {
            self.evidence.push(evidence);
        } else if let Some(weakest) = self.evidence.iter_mut().min_by_key(|it| it.confidence)
            && weakest.confidence < evidence.confidence
        {
            *weakest = evidence;
        }
    }
}

/// Adds what prose names; of the tables that are known `n_listed` stand in lists, which from
/// [`DECLARED_MIN`] on are taken for complete.
pub(super) fn add(facts: Facts<'_>, tables: &mut Tables, n_listed: usize) {
    let is_complete = n_listed >= DECLARED_MIN;
    let mut found = gather(facts);
    found.sort_by(|a, b| a.name.cmp(&b.name));
    let declared = tables.list.iter().filter(|it| is_declared(it)).count();
    let known = (declared, n_with_columns(&tables.list));
    let product = Product::of(facts, known, found.iter().map(|it| &it.traits));
    let confidences: Vec<Confidence> =
        found.iter().map(|it| product.confidence(&it.name, &it.traits)).collect();
    let longer = longer(&found, &confidences);
    for (mention, mut confidence) in found.into_iter().zip(confidences) {
        let is_named_longer = longer
            .get(&names::singular(&mention.name))
            .is_some_and(|it| it * 5 >= mention.traits.total() * 4);
        // A list of tables is not complete while its fields refer to more, except to people, who
        // may be users.
        let is_called_for = mention.traits.is_referenced() && !nouns::is_person(&mention.name);
        if is_complete && !is_called_for || is_named_longer {
            confidence = confidence.min(HINT);
        }
        if confidence < FAINT {
            continue;
        }
        if let Some(index) = tables.find(&mention.name) {
            support(tables, index, mention);
            // Fields that are listed in passing and what prose does with the thing prove it together.
            let table = &mut tables.list[index];
            let is_open = !table.is_required() && table.modality == Modality::InScope;
            if is_open && !is_complete {
                table.confidence = table.confidence.noisy_or(confidence);
            }
            continue;
        }
        let index = tables.entry(&mention.name, &mention.label);
        let table = &mut tables.list[index];
        table.modality = Modality::InScope;
        table.confidence = confidence;
        table.evidence = mention.evidence;
    }
}

/// What is done to each thing that prose names; one thing whether it is named as one or as many.
fn gather(facts: Facts<'_>) -> Vec<Mention> {
    let mut found: Vec<Mention> = Vec::new();
    let mut by_singular: FxHashMap<String, usize> = FxHashMap::default();
    // A name is repeated hundreds of times, and its singular is the costly part.
    let mut by_name: FxHashMap<&str, usize> = FxHashMap::default();
    for (place, fact) in facts.iter() {
        let Fact::Entity(it) = fact else { continue };
        // Everybody is a user; only a sign-in makes rows of them.
        if it.sighting.modality != Modality::InScope || it.name == "users" {
            continue;
        }
        let index = *by_name.entry(&it.name).or_insert_with(|| {
            *by_singular.entry(names::singular(&it.name)).or_insert_with(|| {
                let (name, label) = (it.name.clone(), it.label.clone());
                found.push(Mention { name, label, ..Mention::default() });
                found.len() - 1
            })
        });
        found[index].add(place, it);
    }
    relate(&mut found, &by_singular);
    support_by_fields(facts, &mut found, &by_singular);
    found
}

/// Tells things of the groups of phrases that may be their fields, of the columns that refer to them
/// and of what they are tied to.
fn support_by_fields(
    facts: Facts<'_>,
    found: &mut [Mention],
    by_singular: &FxHashMap<String, usize>,
) {
    let mut refer = |column: &str| {
        let index = column.strip_suffix("_id").and_then(|it| by_singular.get(it));
        if let Some(index) = index {
            found[*index].traits.refer();
        }
    };
    for (_, fact) in facts.iter() {
        match fact {
            Fact::Table(it) | Fact::Citation(it) => {
                it.columns.iter().for_each(|it| refer(&it.name));
            }
            Fact::Group(it) => it.members.iter().for_each(|it| refer(&it.column.name)),
            _ => {}
        }
    }
    for (_, fact) in facts.iter() {
        match fact {
            Fact::Group(it) => {
                let n_fields = it.members.iter().filter(|it| groups::is_fieldlike(it)).count();
                let name = it.owners.first().map(|it| &it.singular);
                if n_fields * 2 >= it.members.len()
                    && let Some(index) = name.and_then(|it| by_singular.get(it))
                {
                    found[*index].traits.list(u32::try_from(n_fields).unwrap_or(u32::MAX));
                }
            }
            Fact::Relation(it) => {
                for name in [&it.from_table, &it.to_table] {
                    if let Some(index) = by_singular.get(&names::singular(name)) {
                        found[*index].traits.relate();
                    }
                }
            }
            _ => {}
        }
    }
}

/// How often the names that others end in stand within those: all "rules" may be "pricing rules".
fn longer(found: &[Mention], confidences: &[Confidence]) -> FxHashMap<String, u32> {
    let mut out: FxHashMap<String, u32> = FxHashMap::default();
    for (mention, confidence) in found.iter().zip(confidences) {
        if *confidence >= Confidence::REQUIRED {
            let name = names::singular(&mention.name);
            for (at, _) in name.match_indices('_') {
                *out.entry(name[at + 1..].to_owned()).or_default() += mention.traits.total();
            }
        }
    }
    out
}

/// Tells things of the longer names that end in theirs or begin with them: "pricing rules" of
/// "rules".
fn relate(found: &mut [Mention], by_singular: &FxHashMap<String, usize>) {
    for (name, index) in by_singular {
        let total = found[*index].traits.total();
        for (at, _) in name.match_indices('_') {
            if let Some(tail) = by_singular.get(&name[at + 1..]) {
                found[*tail].traits.cover(total);
            }
            if let Some(head) = by_singular.get(&name[..at]) {
                found[*head].traits.begin();
            }
        }
    }
}

/// Tables of which fields are told, wherever: who tells them of some tells them of most.
fn n_with_columns(tables: &[Table]) -> usize {
    tables.iter().filter(|it| it.explicit && it.columns.len() >= 2).count()
}

/// Whether a model names the table; a glossary that calls a term a record is no model.
pub(super) fn is_declared(table: &Table) -> bool {
    table.explicit
        && table.is_required()
        && table.evidence.iter().any(|it| {
            !matches!(
                it.reader,
                "glossary-record"
                    | "fields-sentence"
                    | "added-column"
                    | "led-fields"
                    | "told-fields"
                    | "form-fields"
                    | "bracketed-fields"
                    | "dotted-column"
                    | "sign-in"
                    | "prose-noun"
                    | "prose-compound"
                    | "crud-object"
            )
        })
}

/// Prose shows where a declared table is used; it does not make it surer.
fn support(tables: &mut Tables, index: usize, mention: Mention) {
    let table = &mut tables.list[index];
    let (modality, confidence) = (table.modality, table.confidence);
    for it in mention.evidence {
        add_evidence(table, it);
    }
    (table.modality, table.confidence) = (modality, confidence);
}

#[cfg(test)]
mod tests {
    use super::super::corpus::{self, texts};
    use super::*;
    use crate::{Analyzer, Document};
    use serde_json::Value;

    /// One line for each thing that prose alone names: set, document, name, whether the annotation has
    /// it, features.
    #[test]
    #[ignore = "prints what scripts/fit-mentions fits"]
    fn prints_features() {
        for spec in corpus::all() {
            let (set, id) = (spec.set, &spec.id);
            for (name, is_table, features) in examples(&spec.text, &spec.truth) {
                println!("FIT {set} {id} {name} {} {features:?}", u8::from(is_table));
            }
        }
    }

    fn examples(text: &str, truth: &Value) -> Vec<(String, bool, Vec<f32>)> {
        let analysis = Analyzer::default().analyze(&[Document::new(None, text.into())]);
        let facts = Facts { documents: &analysis.facts };
        let tables = &analysis.detection.tables;
        let (gathered, _) = crate::judge::tables::gather(facts, &analysis.detection);
        let gathered = gathered.list;
        let declared = tables.iter().filter(|it| is_declared(it)).count();
        let found = gather(facts);
        let known = (declared, n_with_columns(&gathered));
        let product = Product::of(facts, known, found.iter().map(|it| &it.traits));
        let key = |name: &str| names::singular(&names::snake(name));
        let list = |value: &Value| -> Vec<String> { texts(value).map(key).collect() };
        let mut known = list(&truth["tables"]);
        let aliases = truth["aliases"].as_object().into_iter().flatten();
        known.extend(aliases.flat_map(|(_, names)| list(names)));
        let optional = list(&truth["tables_optional"]);
        let explicit = |name: &str| {
            tables
                .iter()
                .any(|it| it.explicit && names::singular(&it.name) == names::singular(name))
        };
        let mut out = Vec::new();
        for it in found {
            let name = key(&it.name);
            let is_table = known.contains(&name);
            let is_open = is_table || !optional.contains(&name);
            if is_open && !explicit(&it.name) && !it.traits.is_resource() {
                out.push((
                    it.name.clone(),
                    is_table,
                    product.features(&it.name, &it.traits).to_vec(),
                ));
            }
        }
        out
    }
}
