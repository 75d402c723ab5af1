//! From declared and mentioned entities to tables, columns and relations.

#[cfg(test)]
mod corpus;
mod groups;
mod mentions;
#[cfg(test)]
mod tests;
mod traits;

use super::{Facts, Place};
use crate::facts::{ColumnFact, Fact, TableFact};
use crate::read::{names, nouns};
use model::{
    Column, ColumnKey, Confidence, Detection, Evidence, Modality, NeedKind, Policy, Relation, Table,
};
use rustc_hash::{FxHashMap, FxHashSet};

/// Sightings kept per table; a noun on every page proves no more than this.
const EVIDENCE_MAX: usize = 12;

pub(super) fn weigh(facts: Facts<'_>, detection: &mut Detection) {
    let (mut tables, modelled) = gather(facts, detection);
    groups::add(facts, &mut tables, &modelled);
    let mut relations = Relations::default();
    for (place, fact) in facts.iter() {
        match fact {
            Fact::Relation(it) => {
                let evidence = place.evidence(&it.sighting);
                relations.add(&tables, it, evidence);
            }
            Fact::Policy(it) => tables.protect(&it.table, it.policy.clone()),
            _ => {}
        }
    }
    relations.add_keys(&mut tables);
    relations.add_parts(&tables);
    tables.find_owners();
    detection.relations = relations.list;
    detection.tables = tables.list;
}

/// The tables that readers declare and prose makes likely, and which of them list their columns.
fn gather(facts: Facts<'_>, detection: &Detection) -> (Tables, FxHashSet<usize>) {
    let mut tables = Tables::default();
    for (place, fact) in facts.iter() {
        if let Fact::Table(it) = fact {
            tables.declare(place, it);
        }
    }
    // What declares a table says where it and its columns stand; passing words only add to it.
    let modelled: FxHashSet<usize> =
        (0..tables.list.len()).filter(|it| !tables.list[*it].columns.is_empty()).collect();
    let n_listed = tables.list.iter().filter(|it| mentions::is_declared(it)).count();
    for (place, fact) in facts.iter() {
        if let Fact::Citation(it) = fact {
            tables.cite(place, it, &modelled);
        }
    }
    add_accounts(&mut tables, detection);
    mentions::add(facts, &mut tables, n_listed);
    (tables, modelled)
}

/// People who sign in have rows, whoever keeps their passwords.
fn add_accounts(tables: &mut Tables, detection: &Detection) {
    let methods = detection
        .needs_of(NeedKind::Auth)
        .filter(|it| it.is_required() && !matches!(it.name.as_str(), "api-key" | "access-code"))
        .flat_map(|it| &it.evidence);
    let evidence: Vec<Evidence> =
        detection.sign_in.iter().flatten().chain(methods).take(3).cloned().collect();
    if evidence.is_empty() {
        return;
    }
    let index = tables.entry("users", "users");
    for mut it in evidence {
        it.reader = "sign-in";
        it.modality = Modality::InScope;
        it.confidence = it.confidence.max(Confidence::percent(70));
        add_evidence(&mut tables.list[index], it);
    }
}

#[derive(Default)]
struct Tables {
    list: Vec<Table>,
    /// Singular of the canonical name → index.
    known: FxHashMap<String, usize>,
    /// The names by which entries were asked for → index; a spec repeats them in every chapter.
    asked: FxHashMap<String, usize>,
    /// The same for the words of the spec, which references repeat: `verlage.id`.
    written: FxHashMap<String, usize>,
    /// The same for the English name of tables that are called in another language: `alunos`.
    glossed: FxHashMap<String, usize>,
    /// Columns of each table as facts, to find references.
    columns: Vec<Vec<ColumnFact>>,
}

impl Tables {
    fn find(&self, name: &str) -> Option<usize> {
        if let Some(index) = self.asked.get(name) {
            return Some(*index);
        }
        self.find_singular(&names::singular(name))
    }

    /// The same by the singular of a name.
    fn find_singular(&self, singular: &str) -> Option<usize> {
        let named = self.known.get(singular).or_else(|| self.written.get(singular));
        named.or_else(|| self.glossed.get(singular)).copied()
    }

    /// Whether columns may be taken for references to it: words in prose are no targets.
    fn is_sure(&self, index: usize) -> bool {
        self.list[index].explicit || self.list[index].is_required()
    }

    fn declare(&mut self, place: Place, fact: &TableFact) {
        let mut evidence = place.evidence(&fact.sighting);
        // Words of another language that no list knows are no sure name without fields.
        if !fact.name.is_ascii() && fact.columns.is_empty() {
            evidence.confidence = Confidence::percent(45);
        }
        let account = fact
            .columns
            .iter()
            .find(|it| it.references.as_ref().is_some_and(|(table, _)| table == "users"));
        if let Some(it) = account {
            // Whose rows are referred to has rows, be they declared elsewhere.
            let mut users = evidence.clone();
            users.span = it.span.shift(place.start);
            users.confidence = Confidence::percent(70);
            let index = self.entry("users", "users");
            add_evidence(&mut self.list[index], users);
        }
        let index = self.entry(&fact.name, &fact.label);
        let table = &mut self.list[index];
        add_evidence(table, evidence);
        table.explicit = true;
        for it in &fact.columns {
            if add_column(table, place, it) {
                self.columns[index].push(it.clone());
            }
        }
    }

    /// Takes a table that prose names in passing; columns of a table that lists its own are
    /// mentions of those.
    fn cite(&mut self, place: Place, fact: &TableFact, modelled: &FxHashSet<usize>) {
        match self.find(&fact.name).or_else(|| self.shortened(&names::singular(&fact.name))) {
            Some(index) if self.find(&fact.name).is_none() && !modelled.contains(&index) => {
                let name = self.list[index].name.clone();
                self.declare(place, &TableFact { name, ..fact.clone() });
            }
            Some(index) if modelled.contains(&index) => {
                add_evidence(&mut self.list[index], place.evidence(&fact.sighting));
            }
            _ => self.declare(place, fact),
        }
    }

    /// The declared table that a longer or shorter name means: "school events" of `events`, and
    /// "events" of `calendar_events` where nothing else ends so.
    fn shortened(&self, singular: &str) -> Option<usize> {
        let is_declared = |it: &usize| self.list[*it].explicit && self.list[*it].is_required();
        let mut tails = singular.match_indices('_').map(|(at, _)| &singular[at + 1..]);
        if let Some(index) = tails.find_map(|it| self.known.get(it).copied().filter(is_declared)) {
            return Some(index);
        }
        let end = format!("_{singular}");
        let mut longer =
            self.known.iter().filter(|(known, it)| known.ends_with(&end) && is_declared(it));
        let (_, index) = longer.next()?;
        longer.next().is_none().then_some(*index)
    }

    fn entry(&mut self, name: &str, label: &str) -> usize {
        if let Some(index) = self.asked.get(name) {
            return *index;
        }
        let singular = names::singular(name);
        if let Some(index) = self.known.get(&singular).copied() {
            self.asked.insert(name.to_owned(), index);
            return index;
        }
        let index = self.list.len();
        self.asked.insert(name.to_owned(), index);
        if let Some(noun) = nouns::of_any_language(&singular).filter(|it| it.name != name) {
            self.glossed.entry(names::singular(noun.name)).or_insert(index);
        }
        self.known.insert(singular, index);
        // "Tabel Anggota" is referred to as `anggota`.
        let written = names::snake(names::strip_kind(label));
        if let Some(singular) = names::iberian_singular(&written) {
            self.written.entry(singular).or_insert(index);
        }
        self.written.entry(names::singular(&written)).or_insert(index);
        self.columns.push(Vec::new());
        self.list.push(Table {
            name: name.to_owned(),
            label: label.to_owned(),
            columns: Vec::new(),
            owner: None,
            policy: None,
            explicit: false,
            confidence: Confidence::percent(0),
            // Replaced by the first sighting.
            modality: Modality::OutOfScope,
            evidence: Vec::new(),
        });
        index
    }

    fn protect(&mut self, table: &str, policy: Policy) {
        let Some(index) = self.find(table) else { return };
        let table = &mut self.list[index];
        table.policy = Some(match table.policy.take() {
            Some(old) if old != policy => match (old, policy) {
                (Policy::OwnRow, Policy::Public) | (Policy::Public, Policy::OwnRow) => {
                    Policy::OwnOrPublic
                }
                (old, _) => old,
            },
            _ => policy,
        });
    }

    /// The column that points at the people who sign in.
    fn find_owners(&mut self) {
        const OWNERS: &[&str] =
            &["user_id", "owner_id", "author_id", "created_by", "creator_id", "user", "owner"];
        for table in &mut self.list {
            table.owner = OWNERS
                .iter()
                .find(|it| table.columns.iter().any(|column| column.name == **it))
                .map(|it| (*it).to_owned());
        }
    }
}

fn key(it: &ColumnFact) -> Option<ColumnKey> {
    if let Some((table, column)) = &it.references {
        let column = column.clone().unwrap_or_else(|| "id".to_owned());
        return Some(ColumnKey::Foreign { table: table.clone(), column });
    }
    if it.primary {
        Some(ColumnKey::Primary)
    } else if it.unique {
        Some(ColumnKey::Unique)
    } else {
        None
    }
}

/// Gives a table a column, where it has none of that name; tells whether.
fn add_column(table: &mut Table, place: Place, fact: &ColumnFact) -> bool {
    let is_new = table.columns.iter().all(|known| known.name != fact.name);
    if is_new {
        table.columns.push(Column {
            name: fact.name.clone(),
            ty: fact.ty.clone(),
            key: key(fact),
            nullable: fact.nullable,
            values: fact.values.clone(),
            document: place.document,
            span: fact.span.shift(place.start),
        });
    }
    is_new
}

fn add_evidence(table: &mut Table, evidence: Evidence) {
    // What asks for it now outweighs what only mentions it.
    if table.evidence.is_empty() || evidence.modality < table.modality {
        table.modality = evidence.modality;
        table.confidence = evidence.confidence;
    } else if evidence.modality == table.modality {
        table.confidence = table.confidence.noisy_or(evidence.confidence);
    }
    if table.evidence.len() < EVIDENCE_MAX {
        table.evidence.push(evidence);
    }
}

#[derive(Default)]
struct Relations {
    list: Vec<Relation>,
    /// (from table, from column, to table) → index.
    known: FxHashMap<(String, String, String), usize>,
}

impl Relations {
    fn add(&mut self, tables: &Tables, it: &crate::facts::RelationFact, evidence: Evidence) {
        let (Some(from), Some(to)) = (tables.find(&it.from_table), tables.find(&it.to_table))
        else {
            return;
        };
        // A path or a picture shows nesting, but only between things that are kept.
        if from == to || !tables.is_sure(from) || !tables.is_sure(to) {
            return;
        }
        let (from, to) = (&tables.list[from].name, &tables.list[to].name);
        let column =
            it.from_column.clone().unwrap_or_else(|| format!("{}_id", names::singular(to)));
        let to_column = it.to_column.clone().unwrap_or_else(|| "id".to_owned());
        self.push(from.clone(), column, to.clone(), to_column, evidence);
    }

    /// References of columns: those that the text gives, and `x_id` where a table `xs` is known.
    fn add_keys(&mut self, tables: &mut Tables) {
        let tails = Tails::of(tables);
        for index in 0..tables.list.len() {
            for at in 0..tables.columns[index].len() {
                let fact = &tables.columns[index][at];
                let told = fact.references.as_ref().and_then(|(table, column)| {
                    let column = column.clone().unwrap_or_else(|| "id".to_owned());
                    Some((tables.find(table)?, column, 90))
                });
                // Where no table has the name that a note gives, the column's own may tell.
                let implied = || {
                    let target = implied(tables, &tails, index, &fact.name)?;
                    Some((target, "id".to_owned(), 75))
                };
                let Some((target, to_column, confidence)) = told.or_else(implied) else {
                    continue;
                };
                let column = fact.name.clone();
                let to = tables.list[target].name.clone();
                let table = &mut tables.list[index];
                let Some(known) = table.columns.iter_mut().find(|it| it.name == column) else {
                    continue;
                };
                if known.key != Some(ColumnKey::Primary) {
                    let column = to_column.clone();
                    known.key = Some(ColumnKey::Foreign { table: to.clone(), column });
                }
                let evidence = Evidence {
                    document: known.document,
                    span: known.span,
                    reader: "foreign-key",
                    confidence: Confidence::percent(confidence),
                    modality: table.modality,
                };
                let from = table.name.clone();
                self.push(from, column, to, to_column, evidence);
            }
        }
    }

    /// Ties of tables that are named after what they are parts of, "invoice items" of `invoices`, or
    /// after what they bring together, `bookmark_tags`, where no fields tell.
    fn add_parts(&mut self, tables: &Tables) {
        const PARTS: &[&str] = &[
            "item",
            "line",
            "line_item",
            "detail",
            "tag",
            "member",
            "membership",
            "comment",
            "favorite",
            "setting",
            "split",
        ];
        let is_required = |it: &usize| tables.list[*it].is_required();
        for (index, table) in tables.list.iter().enumerate() {
            let has_keys = tables.columns[index].iter().any(|it| {
                it.references.is_some() || it.name.ends_with("_id") || it.name.ends_with("_uuid")
            });
            if has_keys || !table.is_required() {
                continue;
            }
            let name = names::singular(&table.name);
            let known = |it: &str| tables.known.get(it).copied().filter(is_required);
            let mut wholes: Vec<usize> = Vec::new();
            let part = PARTS.iter().find_map(|part| {
                Some((name.strip_suffix(part)?.strip_suffix('_').and_then(known)?, *part))
            });
            if let Some((whole, part)) = part.filter(|_| table.columns.is_empty() || table.explicit)
            {
                wholes.push(whole);
                // Members of something are people who sign in.
                let is_people = part.starts_with("member");
                wholes.extend(known("user").filter(|_| is_people && table.explicit));
            }
            if table.explicit {
                let both = name.match_indices('_').find_map(|(at, _)| {
                    let (left, right) = (known(&name[..at])?, known(&name[at + 1..])?);
                    let are_modelled = [left, right].iter().all(|it| tables.list[*it].explicit);
                    are_modelled.then_some([left, right])
                });
                wholes.extend(both.into_iter().flatten());
            }
            wholes.dedup();
            let Some(seen) = table.evidence.first() else { continue };
            for whole in wholes {
                let evidence = Evidence {
                    reader: "part-name",
                    confidence: Confidence::percent(65),
                    modality: table.modality,
                    ..seen.clone()
                };
                let to = &tables.list[whole].name;
                let column = format!("{}_id", names::singular(to));
                self.push(table.name.clone(), column, to.clone(), "id".to_owned(), evidence);
            }
        }
    }

    fn push(
        &mut self,
        from_table: String,
        from_column: String,
        to_table: String,
        to_column: String,
        evidence: Evidence,
    ) {
        let key = (from_table.clone(), from_column.clone(), to_table.clone());
        if let Some(index) = self.known.get(&key) {
            let known = &mut self.list[*index];
            known.confidence = known.confidence.noisy_or(evidence.confidence);
            known.modality = known.modality.min(evidence.modality);
            known.evidence.push(evidence);
            return;
        }
        self.known.insert(key, self.list.len());
        self.list.push(Relation {
            from_table,
            from_column,
            to_table,
            to_column,
            confidence: evidence.confidence,
            modality: evidence.modality,
            evidence: vec![evidence],
        });
    }
}

/// The tables by the last words of their names, `sessions` of `typing_sessions`, where those are
/// of one table alone.
#[derive(Default)]
struct Tails {
    /// Last words in the singular → index; `None` where several tables end so.
    known: FxHashMap<String, Option<usize>>,
}

impl Tails {
    fn of(tables: &Tables) -> Self {
        let mut out = Self::default();
        for (name, index) in &tables.known {
            if !tables.list[*index].explicit {
                continue;
            }
            for (at, _) in name.match_indices('_') {
                out.known
                    .entry(name[at + 1..].to_owned())
                    .and_modify(|it| *it = None)
                    .or_insert(Some(*index));
            }
        }
        out
    }

    fn find(&self, words: &str) -> Option<usize> {
        self.known.get(words).copied().flatten()
    }
}

/// The table that a column such as `author_id` or `order_id` points at.
fn implied(tables: &Tables, tails: &Tails, from: usize, column: &str) -> Option<usize> {
    guess(tables, tails, from, column).filter(|it| tables.is_sure(*it))
}

fn guess(tables: &Tables, tails: &Tails, from: usize, column: &str) -> Option<usize> {
    // Who does something in the product; an `author` or a `host` may be anybody.
    const ACTORS: &[&str] =
        &["owner", "creator", "sender", "recipient", "assignee", "uploader", "initiator"];
    let stem = column.strip_suffix("_id").or_else(|| column.strip_suffix("_uuid"));
    let name = match stem {
        Some(stem) => stem,
        // "order" is the place in a row more often than what was ordered.
        None if column == "order" => return None,
        // "patient" in a list of fields, where patients are a table of the same model.
        None if tables.find(column).is_some_and(|it| it != from && tables.list[it].explicit) => {
            return tables.find(column).filter(|it| {
                names::singular(column) == column
                    && lists_fields(&tables.list[from])
                    && lists_fields(&tables.list[*it])
            });
        }
        None if PEOPLE.contains(&column) && (column.contains('_') || ACTORS.contains(&column)) => {
            column
        }
        None => return None,
    };
    // `order_id` in `orders` is its own public number.
    let sure = |it: &usize| *it != from && tables.is_sure(*it);
    let exact = tables.find(name).filter(sure);
    let own = names::singular(&tables.list[from].name);
    if name == own {
        return None;
    }
    let last = name.rsplit_once('_').map_or(name, |(_, last)| last);
    exact
        .or_else(|| {
            // `buch_id`, where the table has its English name.
            nouns::of_any_language(name).and_then(|it| tables.find(it.name)).filter(sure)
        })
        .or_else(|| (name == "parent").then_some(from))
        // `converted_contact_id`, `assigned_user_id`
        .or_else(|| tables.find(last).filter(|it| last != name && sure(it)))
        .or_else(|| {
            // `session_id`, where all that is known of sessions are `typing_sessions`.
            let is_own = own.ends_with(name) || own.ends_with(last);
            [name, last].into_iter().find_map(|it| tails.find(it)).filter(|it| !is_own && sure(it))
        })
        .or_else(|| {
            // A `stripe_customer_id` is no row of this product.
            let is_outside = name != last && matches!(last, "customer" | "client");
            let is_person = !is_outside && [name, last].iter().any(|it| PEOPLE.contains(it));
            is_person.then(|| tables.find("users")).flatten().filter(|it| *it != from)
        })
}

/// Whether a model lists the table with its fields; what a form or a sentence says a thing has is
/// as often shown as kept.
fn lists_fields(table: &Table) -> bool {
    let is_people = table.name == "users";
    is_people
        || table.evidence.iter().any(|it| {
            !matches!(
                it.reader,
                "added-column"
                    | "api-endpoint"
                    | "api-path"
                    | "bracketed-fields"
                    | "captioned-fields"
                    | "crud-object"
                    | "dotted-column"
                    | "field-group"
                    | "fields-sentence"
                    | "form-fields"
                    | "glossary-record"
                    | "led-fields"
                    | "named-table"
                    | "prose-compound"
                    | "prose-noun"
                    | "prose-verb"
                    | "sign-in"
                    | "told-fields"
            )
        })
}

/// What people are called who do something to a row, by the name of the column that holds them.
const PEOPLE: &[&str] = &[
    "actor",
    "added_by",
    "approved_by",
    "approver",
    "assessor",
    "assigned_by",
    "assigned_to",
    "assignee",
    "auditor",
    "author",
    "barber",
    "blocked",
    "blocker",
    "borrower",
    "buyer",
    "cashier",
    "changed_by",
    "client",
    "coach",
    "courier",
    "created_by",
    "creator",
    "customer",
    "doctor",
    "donor",
    "driver",
    "editor",
    "employee",
    "follower",
    "following",
    "host",
    "initiator",
    "inspector",
    "instructor",
    "invited_by",
    "invitee",
    "inviter",
    "lender",
    "manager",
    "member",
    "mentee",
    "mentor",
    "moderator",
    "operator",
    "organizer",
    "owner",
    "participant",
    "patient",
    "performed_by",
    "proposer",
    "receiver",
    "recipient",
    "referrer",
    "renter",
    "reporter",
    "requested_by",
    "requester",
    "reviewer",
    "seller",
    "sender",
    "student",
    "stylist",
    "submitted_by",
    "submitter",
    "suggestor",
    "supervisor",
    "teacher",
    "technician",
    "trainer",
    "updated_by",
    "uploaded_by",
    "uploader",
    "validator",
    "voter",
    "worker",
    "from_user",
    "to_user",
];
