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
        let written = names::snake(label);
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
        for index in 0..tables.list.len() {
            for at in 0..tables.columns[index].len() {
                let fact = &tables.columns[index][at];
                let (target, to_column, confidence) = match &fact.references {
                    Some((table, column)) => {
                        let Some(target) = tables.find(table) else { continue };
                        let column = column.clone().unwrap_or_else(|| "id".to_owned());
                        (target, column, 90)
                    }
                    None => match implied(tables, index, &fact.name) {
                        Some(target) => (target, "id".to_owned(), 75),
                        None => continue,
                    },
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

    /// Ties of tables that are named after what they are parts of, "invoice items" of `invoices`, where
    /// no fields tell.
    fn add_parts(&mut self, tables: &Tables) {
        const PARTS: &[&str] =
            &["item", "line", "line_item", "detail", "tag", "member", "comment", "favorite"];
        for (index, table) in tables.list.iter().enumerate() {
            let name = names::singular(&table.name);
            let whole = PARTS
                .iter()
                .find_map(|it| name.strip_suffix(it)?.strip_suffix('_'))
                .and_then(|it| tables.known.get(it).copied());
            let Some(whole) = whole.filter(|it| {
                table.columns.is_empty() && table.is_required() && tables.list[*it].is_required()
            }) else {
                continue;
            };
            debug_assert_ne!(whole, index, "a part has a longer name");
            let Some(seen) = table.evidence.first() else { continue };
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

/// The table that a column such as `author_id` or `order_id` points at.
fn implied(tables: &Tables, from: usize, column: &str) -> Option<usize> {
    guess(tables, from, column).filter(|it| tables.is_sure(*it))
}

fn guess(tables: &Tables, from: usize, column: &str) -> Option<usize> {
    const PEOPLE: &[&str] = &[
        "owner",
        "author",
        "creator",
        "sender",
        "receiver",
        "recipient",
        "assignee",
        "reviewer",
        "approver",
        "uploader",
        "reporter",
        "follower",
        "following",
        "created_by",
        "updated_by",
        "assigned_to",
        "requested_by",
        "approved_by",
        "invited_by",
        "uploaded_by",
        "host",
        "actor",
        "member",
        "student",
        "teacher",
        "instructor",
        "buyer",
        "seller",
        "operator",
        "added_by",
        "from_user",
        "to_user",
        "performed_by",
        "submitted_by",
        "changed_by",
        "initiator",
        "blocker",
        "blocked",
    ];
    // Who does something in the product; an `author` or a `host` may be anybody.
    const ACTORS: &[&str] =
        &["owner", "creator", "sender", "recipient", "assignee", "uploader", "initiator"];
    let stem = column.strip_suffix("_id").or_else(|| column.strip_suffix("_uuid"));
    let name = match stem {
        Some(stem) => stem,
        // "patient" in a list of fields, where patients are a table of the same model.
        // "order" is the place in a row more often than what was ordered.
        None if column == "order" => return None,
        None if tables.find(column).is_some_and(|it| it != from && tables.list[it].explicit) => {
            return tables.find(column).filter(|_| names::singular(column) == column);
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
    exact
        .or_else(|| {
            // `buch_id`, where the table has its English name.
            nouns::of_any_language(name).and_then(|it| tables.find(it.name)).filter(sure)
        })
        .or_else(|| name.starts_with("parent").then_some(from).filter(|_| name == "parent"))
        .or_else(|| {
            // `converted_contact_id`, `assigned_user_id`
            let (_, last) = name.rsplit_once('_')?;
            tables.find(last).filter(sure)
        })
        .or_else(|| PEOPLE.contains(&name).then(|| tables.find("users")).flatten())
}
