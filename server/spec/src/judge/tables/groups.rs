//! Weighs whether groups of phrases are the fields of a table, phrase by phrase.
//!
//! The readers of notations know what they see; this takes what they left, by the form of a group,
//! of its phrases and of the words around it, with weights that `scripts/fit-fields` fitted.

mod weights;

use self::weights::WEIGHTS;
use super::{Tables, add_column, add_evidence};
use crate::facts::{
    ColumnFact, Fact, GroupCues, GroupFact, GroupShape, MemberFact, OwnerFact, OwnerPlace,
};
use crate::judge::{Facts, Place};
use crate::read::{names, nouns};
use crate::scope::Role;
use model::{Confidence, Modality};
use rustc_hash::{FxHashMap, FxHashSet};

/// The logit from which a phrase is taken for a field of a table that the spec has.
const FIELD: f32 = -0.4;
/// The same where only the group would make the table.
const FIELD_OF_NEW: f32 = 0.4;
/// Fewer fields make no table.
const FIELDS_OF_NEW_MIN: usize = 3;

/// What is known of the table that a group belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// The spec has it.
    Required,
    /// Prose names it, and not surely enough.
    Hint,
    Absent,
}

/// A group with the owner that it was given.
struct Candidate<'a> {
    place: Place,
    group: &'a GroupFact,
    owner: &'a OwnerFact,
    /// How many likelier owners were passed over.
    n_passed: usize,
    table: Option<usize>,
    state: State,
    /// It has more fields by their names than the other groups of its owner.
    is_best: bool,
    /// Groups of the same owner.
    n_rivals: u32,
}

/// Adds the fields that groups tell; `modelled` tables list their own.
pub(super) fn add(facts: Facts<'_>, tables: &mut Tables, modelled: &FxHashSet<usize>) {
    let n_modelled = modelled.len();
    let found = candidates(facts, tables);
    let mut taken = Vec::new();
    for it in &found {
        if it.table.is_some_and(|it| modelled.contains(&it)) {
            continue;
        }
        let is_new = it.state != State::Required;
        let least = if is_new { FIELD_OF_NEW } else { FIELD };
        let common = Common::of(it, n_modelled);
        let fields: Vec<(&MemberFact, f32)> = (it.group.members.iter())
            .map(|member| (member, logit(&common.with(it, member))))
            .filter(|(_, logit)| *logit >= least)
            .collect();
        if fields.len() >= if is_new { FIELDS_OF_NEW_MIN } else { 1 } {
            taken.push((it, fields));
        }
    }
    for (it, fields) in taken {
        take(tables, it, &fields);
    }
}

fn take(tables: &mut Tables, it: &Candidate<'_>, fields: &[(&MemberFact, f32)]) {
    #[expect(clippy::cast_precision_loss, reason = "counts are small")]
    let mean = fields.iter().map(|it| it.1).sum::<f32>() / fields.len() as f32;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 99")]
    let confidence = Confidence::percent((100.0 / (1.0 + (-mean).exp())).clamp(0.0, 99.0) as u8);
    let index = it.table.unwrap_or_else(|| tables.entry(&it.owner.name, &it.owner.label));
    let mut evidence = it.place.evidence(&it.group.sighting);
    evidence.confidence = confidence;
    add_evidence(&mut tables.list[index], evidence);
    for (at, (member, _)) in fields.iter().enumerate() {
        let fact = own_key(&tables.list[index].name, at, member);
        let is_new = add_column(&mut tables.list[index], it.place, &fact);
        // "Category" in a list is as often a word as a row of `categories`.
        if is_new && (fact.name.ends_with("_id") || fact.references.is_some()) {
            tables.columns[index].push(fact);
        }
    }
}

/// "Invoice ID", told first of invoices, is their `id`; what stands in code is called so.
fn own_key(table: &str, at: usize, member: &MemberFact) -> ColumnFact {
    let mut column = member.column.clone();
    let stem = column.name.strip_suffix("_id").filter(|_| at == 0 && !member.traits.code);
    let is_own = stem.is_some_and(|stem| {
        let own = names::singular(table);
        own == stem || own.strip_suffix(stem).is_some_and(|it| it.ends_with('_'))
    });
    if is_own {
        "id".clone_into(&mut column.name);
    }
    column
}

/// Every group with its owner.
fn candidates<'a>(facts: Facts<'a>, tables: &Tables) -> Vec<Candidate<'a>> {
    let mut out: Vec<Candidate<'a>> = Vec::new();
    let mut asked = FxHashMap::default();
    for (place, fact) in facts.iter() {
        let Fact::Group(group) = fact else { continue };
        if group.sighting.modality != Modality::InScope {
            continue;
        }
        let Some((owner, n_passed, table, state)) = owner_of(tables, &group.owners, &mut asked)
        else {
            continue;
        };
        out.push(Candidate {
            place,
            group,
            owner,
            n_passed,
            table,
            state,
            is_best: false,
            n_rivals: 0,
        });
    }
    rank(&mut out);
    out
}

/// Compares the groups of each owner.
fn rank(candidates: &mut [Candidate<'_>]) {
    let mut best: FxHashMap<&str, (usize, usize, u32)> = FxHashMap::default();
    let keys: Vec<&str> = candidates.iter().map(|it| it.owner.singular.as_str()).collect();
    for (index, (it, key)) in candidates.iter().zip(&keys).enumerate() {
        let n_fields = it.group.members.iter().filter(|it| is_fieldlike(it)).count();
        let entry = best.entry(key).or_insert((index, n_fields, 0));
        entry.2 += 1;
        if n_fields > entry.1 {
            (entry.0, entry.1) = (index, n_fields);
        }
    }
    for (index, (it, key)) in candidates.iter_mut().zip(&keys).enumerate() {
        if let Some((first, _, n)) = best.get(key) {
            it.is_best = *first == index;
            it.n_rivals = *n;
        }
    }
}

/// Whether the form of a phrase is that of a field.
pub(super) fn is_fieldlike(it: &MemberFact) -> bool {
    let it = it.traits;
    it.usual || it.usual_tail || it.code || it.typed
}

/// The nearest owner that the spec has as a table; else the nearest that it hints at; else the
/// nearest. What a name means is in `asked` from then on.
fn owner_of<'a>(
    tables: &Tables,
    owners: &'a [OwnerFact],
    asked: &mut FxHashMap<&'a str, Option<usize>>,
) -> Option<(&'a OwnerFact, usize, Option<usize>, State)> {
    let table = |it: &OwnerFact| {
        let named = tables.find_singular(&it.singular).or_else(|| tables.shortened(&it.singular));
        // What people tell of themselves is kept with their account.
        named.or_else(|| {
            matches!(it.name.as_str(), "profiles" | "accounts" | "user_accounts" | "user_profiles")
                .then(|| tables.find("users"))
                .flatten()
        })
    };
    let found = owners.iter().map(|it| *asked.entry(&it.name).or_insert_with(|| table(it)));
    let found: Vec<Option<usize>> = found.collect();
    let required = |it: &Option<usize>| it.is_some_and(|it| tables.list[it].is_required());
    let hinted =
        |it: &Option<usize>| it.is_some_and(|it| tables.list[it].modality == Modality::InScope);
    let at = found.iter().position(required).map(|it| (it, State::Required));
    let at = at.or_else(|| found.iter().position(hinted).map(|it| (it, State::Hint)));
    let (at, state) = at.unwrap_or((0, State::Absent));
    let owner = owners.get(at)?;
    // What is out of scope stays out.
    let table = found[at];
    if state == State::Absent && table.is_some() {
        return None;
    }
    Some((owner, at, table, state))
}

/// How much surer than not it is that a phrase is a field.
fn logit(features: &[f32; N_FEATURES]) -> f32 {
    features.iter().zip(WEIGHTS).map(|(value, weight)| value * weight).sum()
}

const N_FEATURES: usize = 80;

/// Of them, what [`of_member`] says of the phrase alone.
const N_OF_MEMBER: usize = 18;

/// What is weighed of every phrase of a group, in the order of [`WEIGHTS`]: a group of many phrases
/// is looked at once.
struct Common {
    values: [f32; N_FEATURES],
    /// Where the phrase's own begin, which are still open.
    member_at: usize,
}

impl Common {
    fn of(it: &Candidate<'_>, n_modelled: usize) -> Self {
        let mut out = Features::default();
        let group = it.group;
        out.number(1.0);
        of_shape(&mut out, group.shape, it.owner.place);
        of_cues(&mut out, group.cues);
        of_role(&mut out, group.role);
        of_group(&mut out, group);
        let member_at = out.len;
        out.len += N_OF_MEMBER;
        of_owner(&mut out, it, n_modelled);
        of_pairs(&mut out, it);
        debug_assert_eq!(out.len, N_FEATURES, "each feature has a weight");
        Self { values: out.values, member_at }
    }

    /// The same with what is said of one phrase.
    fn with(&self, it: &Candidate<'_>, member: &MemberFact) -> [f32; N_FEATURES] {
        let mut out = Features { values: self.values, len: self.member_at };
        of_member(&mut out, it, member);
        debug_assert_eq!(out.len, self.member_at + N_OF_MEMBER, "each has its place");
        out.values
    }
}

struct Features {
    values: [f32; N_FEATURES],
    len: usize,
}

impl Default for Features {
    fn default() -> Self {
        Self { values: [0.0; N_FEATURES], len: 0 }
    }
}

impl Features {
    fn number(&mut self, value: f32) {
        self.values[self.len] = value;
        self.len += 1;
    }

    fn flag(&mut self, value: bool) {
        self.number(f32::from(u8::from(value)));
    }

    #[expect(clippy::cast_precision_loss, reason = "counts are small")]
    fn log(&mut self, n: usize) {
        self.number((1.0 + n as f32).ln());
    }
}

fn of_shape(out: &mut Features, shape: GroupShape, place: OwnerPlace) {
    use GroupShape::{Bracket, Cell, Colon, Column, Items, Lines, Verb};
    for it in [Items, Colon, Bracket, Verb, Lines, Column, Cell] {
        out.flag(shape == it);
    }
    use OwnerPlace::{Chapter, Heading, Label, Lead, Outer, Subject};
    for it in [Label, Subject, Lead, Outer, Heading, Chapter] {
        out.flag(place == it);
    }
}

fn of_cues(out: &mut Features, it: GroupCues) {
    for cue in
        [it.fields, it.inputs, it.has, it.shows, it.filters, it.makes, it.can, it.values, it.stored]
    {
        out.flag(cue);
    }
}

fn of_role(out: &mut Features, role: Role) {
    let is_any = |roles: &[Role]| roles.contains(&role);
    out.flag(role == Role::DataModel);
    out.flag(is_any(&[Role::Functional, Role::UserStories, Role::Acceptance]));
    out.flag(role == Role::Api);
    out.flag(role == Role::Ui);
    out.flag(is_any(&[Role::TechStack, Role::Deploy, Role::NonFunctional]));
    out.flag(is_any(&[Role::Auth, Role::Personas]));
    out.flag(is_any(&[Role::Overview, Role::Glossary, Role::Roadmap, Role::OpenQuestions]));
    out.flag(is_any(&[
        Role::Metrics,
        Role::Risk,
        Role::Example,
        Role::Competitors,
        Role::Testing,
        Role::Exclusion,
    ]));
}

#[expect(clippy::cast_precision_loss, reason = "counts are small")]
fn of_group(out: &mut Features, group: &GroupFact) {
    let n = group.members.len() as f32;
    let share =
        |is: fn(&MemberFact) -> bool| group.members.iter().filter(|it| is(it)).count() as f32 / n;
    out.log(group.members.len());
    out.flag(group.members.len() == 2);
    out.number(f32::from(group.n_others) / (n + f32::from(group.n_others)));
    out.number(share(|it| it.traits.usual));
    out.number(share(|it| it.traits.code));
    out.number(share(|it| it.traits.typed || it.traits.constrained));
    out.number(share(|it| it.traits.verb));
    out.number(share(|it| it.traits.thing));
    out.number(share(|it| it.traits.plural));
    out.number(share(|it| it.traits.long));
    out.number(share(|it| it.traits.words > 2));
    out.number(share(is_fieldlike));
    out.flag(group.is_english);
}

fn of_member(out: &mut Features, candidate: &Candidate<'_>, member: &MemberFact) {
    let it = member.traits;
    for flag in [
        it.usual,
        it.usual_tail,
        it.code,
        it.typed,
        it.constrained,
        it.verb,
        it.thing,
        it.plural,
        it.words == 1,
        it.words == 3,
        it.words > 3,
        it.long,
        it.noted,
        it.capital,
        it.foreign,
    ] {
        out.flag(flag);
    }
    let name = member.column.name.as_str();
    let own = candidate.owner.singular.as_str();
    out.flag(name.strip_prefix(own).is_some_and(|it| it.starts_with('_')));
    out.flag(name.ends_with("_id"));
    out.flag(member.singular == own);
}

fn of_owner(out: &mut Features, it: &Candidate<'_>, n_modelled: usize) {
    out.flag(it.state == State::Required);
    out.flag(it.state == State::Hint);
    let listed = nouns::listed(&it.owner.name);
    out.flag(listed.is_none());
    out.flag(listed.is_some_and(|it| it.weight == nouns::Weight::Sure));
    out.flag(it.owner.name == "users");
    out.log(n_modelled);
    out.flag(it.is_best);
    out.log(it.n_rivals as usize);
    out.log(it.n_passed);
}

fn of_pairs(out: &mut Features, it: &Candidate<'_>) {
    let (shape, cues, place) = (it.group.shape, it.group.cues, it.owner.place);
    out.flag(shape == GroupShape::Items && cues.fields);
    out.flag(shape == GroupShape::Verb && place == OwnerPlace::Subject);
    out.flag(shape == GroupShape::Colon && place == OwnerPlace::Label);
    out.flag(shape == GroupShape::Items && cues.can);
    out.flag(cues.stored && cues.has);
    out.flag(cues.shows && place > OwnerPlace::Subject);
    let is_open = it.state != State::Required;
    out.flag(is_open && cues.fields);
    out.flag(is_open && it.is_best);
    out.flag(it.n_passed > 0 && place > OwnerPlace::Lead);
}

#[cfg(test)]
mod tests {
    use super::super::corpus::{self, texts};
    use super::*;
    use crate::{Analyzer, Document};
    use serde_json::{Value, json};

    /// One line of JSON for each group: what it is, whether the annotation has each phrase as a
    /// column of its owner, features.
    #[test]
    #[ignore = "prints what scripts/fit-fields fits"]
    fn prints_groups() {
        for spec in corpus::all() {
            for mut it in examples(&spec.text, &spec.truth) {
                it["set"] = json!(spec.set);
                it["id"] = json!(spec.id);
                println!("FIT {it}");
            }
        }
    }

    fn examples(text: &str, truth: &Value) -> Vec<Value> {
        let analysis = Analyzer::default().analyze(&[Document::new(None, text.into())]);
        let facts = Facts { documents: &analysis.facts };
        let (tables, modelled) = crate::judge::tables::gather(facts, &analysis.detection);
        let key = |name: &str| names::singular(&names::snake(name));
        let mut columns: FxHashMap<String, Vec<String>> = FxHashMap::default();
        let mut known = FxHashSet::default();
        for table in texts(&truth["tables"]) {
            for name in texts(&truth["aliases"][table]).chain([table]) {
                known.insert(key(name));
                let listed = &truth["columns"][table];
                if !listed.is_null() {
                    columns.insert(key(name), texts(listed).map(names::snake).collect());
                }
            }
        }
        let optional: FxHashSet<String> = texts(&truth["tables_optional"]).map(key).collect();
        let mut out = Vec::new();
        for it in candidates(facts, &tables) {
            let name = it.table.map_or(&it.owner.name, |it| &tables.list[it].name);
            let owner = key(name);
            let listed = columns.get(&owner);
            let standing = match (listed, known.contains(&owner), optional.contains(&owner)) {
                (Some(_), ..) => "listed",
                (None, true, _) => "bare",
                (None, false, true) => "optional",
                _ => "false",
            };
            let common = Common::of(&it, modelled.len());
            let members: Vec<Value> = (it.group.members.iter())
                .enumerate()
                .map(|(at, member)| {
                    let column = own_key(name, at, member);
                    let is_column = listed.is_some_and(|it| it.contains(&column.name));
                    let x: Vec<f32> = common.with(&it, member).to_vec();
                    json!([column.name, u8::from(is_column), x])
                })
                .collect();
            let start = it.place.start + it.group.sighting.span.range().start;
            out.push(json!({
                "owner": name, "standing": standing, "state": format!("{:?}", it.state),
                "modelled": it.table.is_some_and(|it| modelled.contains(&it)),
                "shape": format!("{:?}", it.group.shape), "place": format!("{:?}", it.owner.place),
                "at": start, "members": members,
            }));
        }
        out
    }
}
