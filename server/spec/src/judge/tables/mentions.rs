//! Weighs what prose and endpoint lists mention against what models declare.
//!
//! Where a spec lists its tables, prose-only things are hints: whoever wrote the list left them
//! out. Where it does not, a thing counts once enough is done to it.

use super::{Tables, add_evidence};
use crate::facts::{Deed, EntityFact, Fact};
use crate::judge::Facts;
use crate::read::names;
use model::{Confidence, Evidence, Modality, Table};
use rustc_hash::FxHashMap;

/// From this many declared tables on the list is taken for complete.
const DECLARED_MIN: usize = 3;
/// Mentions of a thing without a deed that are counted; more of them prove nothing.
const MENTIONS_MAX: usize = 3;
/// Sightings kept as evidence.
const EVIDENCE_MAX: usize = 6;
/// What a hint is worth at most.
const HINT: Confidence = Confidence::percent(55);

/// All that is done to one thing.
#[derive(Default)]
struct Mention {
    name: String,
    label: String,
    evidence: Vec<Evidence>,
    confidence: Option<Confidence>,
    created: usize,
    changed: usize,
    read: usize,
    mentioned: usize,
    posted: bool,
    fetched: bool,
    by_list: bool,
}

impl Mention {
    fn add(&mut self, evidence: Evidence, fact: &EntityFact) {
        let is_endpoint = evidence.reader == "api-endpoint";
        match fact.deed {
            Deed::Create => self.created += 1,
            Deed::Update | Deed::Delete => self.changed += 1,
            Deed::Read => self.read += 1,
            Deed::Relate | Deed::Mention => self.mentioned += 1,
        }
        self.posted |= is_endpoint && fact.deed == Deed::Create;
        self.fetched |= is_endpoint && fact.deed != Deed::Create;
        self.by_list |= evidence.reader == "prose-noun";
        let counts = match fact.deed {
            Deed::Mention | Deed::Relate => self.mentioned <= MENTIONS_MAX,
            Deed::Read => self.read <= MENTIONS_MAX,
            _ => true,
        };
        if counts {
            let so_far = self.confidence.unwrap_or(Confidence::percent(0));
            self.confidence = Some(so_far.noisy_or(evidence.confidence));
        }
        // What creates it proves more than what mentions it.
        if self.evidence.len() < EVIDENCE_MAX {
            self.evidence.push(evidence);
        } else if let Some(weakest) = self.evidence.iter_mut().min_by_key(|it| it.confidence)
            && weakest.confidence < evidence.confidence
        {
            *weakest = evidence;
        }
    }

    /// How sure it is that the thing has rows.
    fn confidence(&self) -> Confidence {
        let sum = self.confidence.unwrap_or(Confidence::percent(0));
        if self.posted && self.fetched {
            return sum.max(Confidence::percent(80));
        }
        let deeds = self.created + self.changed;
        // A word that no list knows has to be created, and more than once acted on.
        let places = self.created + self.changed + self.read + self.mentioned;
        let believable = if self.by_list {
            deeds >= 1 && (places >= 2 || sum >= Confidence::REQUIRED)
        } else {
            self.created >= 1 && deeds >= 3
        };
        if believable { sum } else { sum.min(HINT) }
    }
}

pub(super) fn add(facts: Facts<'_>, tables: &mut Tables) {
    let mut mentions: FxHashMap<String, Mention> = FxHashMap::default();
    for (place, fact) in facts.iter() {
        let Fact::Entity(it) = fact else { continue };
        // Everybody is a user; only a sign-in makes rows of them.
        if it.sighting.modality != Modality::InScope || it.name == "users" {
            continue;
        }
        let mention = mentions.entry(names::singular(&it.name)).or_default();
        if mention.name.is_empty() {
            mention.name.clone_from(&it.name);
            mention.label.clone_from(&it.label);
        }
        mention.add(place.evidence(&it.sighting), it);
    }
    let declared = tables.list.iter().filter(|it| is_declared(it)).count();
    let mut found: Vec<Mention> = mentions.into_values().collect();
    found.sort_by(|a, b| a.name.cmp(&b.name));
    for mention in found {
        let mut confidence = mention.confidence();
        if declared >= DECLARED_MIN {
            confidence = confidence.min(HINT);
        }
        if confidence.as_percent() < 30 {
            continue;
        }
        if let Some(index) = tables.find(&mention.name) {
            support(tables, index, mention);
            continue;
        }
        let index = tables.entry(&mention.name, &mention.label);
        let table = &mut tables.list[index];
        table.modality = Modality::InScope;
        table.confidence = confidence;
        table.evidence = mention.evidence;
    }
}

/// Whether a model names the table; a glossary that calls a term a record is no model.
fn is_declared(table: &Table) -> bool {
    table.explicit
        && table.is_required()
        && table.evidence.iter().any(|it| {
            !matches!(
                it.reader,
                "glossary-record"
                    | "fields-sentence"
                    | "added-column"
                    | "sign-in"
                    | "prose-noun"
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
