//! Copies of what a migration loses, and the statements that bring it back from them.
//!
//! A table is copied in the transaction that loses its data, right before the step, under a lock
//! that keeps writers out; so the copy is what the step finds, and has the names of that moment.
//! The statements are made while the plan runs on a shadow, which is asked for columns and keys.

use super::OWN_SCHEMA;
use super::specs::Unseed;
use crate::expr::quote_ident;
use crate::plan::{Back, Change, Part, Step, Transaction};
use crate::postgres::catalog::unquoted;
use crate::run::sqlite::StoredStep;
use ::postgres::Client;
use std::fmt::Write as _;

mod unkeyed;

/// Which tables are copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// None: the caller has accepted that.
    Nothing,
    /// Those that lose data, for the way back; there is a whole backup besides.
    Lost,
    /// Those whose rows are written at all: there is no other backup.
    Touched,
}

/// Makes the steps that are stored and run out of those that were planned.
pub(super) struct Copier {
    /// Number of the entry in the ledger, which the names of copies have.
    seq: i64,
    extent: Extent,
    made: Vec<Copy>,
    n_converted: u32,
}

struct Copy {
    table: String,
    transaction: Transaction,
    /// As SQL spells it, with its schema.
    name: String,
    /// Its columns whose values no step has changed since, by which a row is known where there is no
    /// key; `None` when that cannot be said of any.
    untouched: Option<Vec<String>>,
}

/// What a step does to rows that only a copy brings back.
enum Loss<'a> {
    Rows,
    Column(&'a str),
    /// The values are written in another type.
    Converted(&'a str),
}

impl Copier {
    pub(super) fn new(seq: i64, extent: Extent) -> Self {
        Self { seq, extent, made: Vec::new(), n_converted: 0 }
    }

    /// Names of the copies so far.
    pub(super) fn names(&self) -> Vec<String> {
        self.made.iter().map(|it| it.name.clone()).collect()
    }

    /// The step with what goes before and behind it; `client` is where the steps before it have run.
    pub(super) fn steps(
        &mut self,
        client: &mut Client,
        step: &Step,
        unseed: Option<&Unseed>,
    ) -> Result<Vec<StoredStep>, ::postgres::Error> {
        let mut main = super::stored(step);
        if self.extent == Extent::Nothing || step.transaction == Transaction::Outside {
            return Ok(vec![main]);
        }
        let mut out = Vec::new();
        let (mut behind, mut left) = (Vec::new(), Vec::new());
        if let Some(it) = unseed {
            let shape = Shape::read(client, &it.table)?;
            let copy = self.copy(&it.table, &shape, step.transaction, &mut out).name.clone();
            main.restore = Some(it.sql(&copy));
        }
        for (table, loss) in losses(step) {
            let shape = Shape::read(client, table)?;
            if shape.columns.is_empty() {
                continue;
            }
            let known = self.copy(table, &shape, step.transaction, &mut out);
            let copy = known.name.clone();
            let by = shape.by(table, step, known.untouched.as_deref());
            let after = match loss {
                Loss::Rows => Some(shape.rows(table, &copy)),
                Loss::Column(column) => {
                    let target = Target { shape: &shape, table, column };
                    match by {
                        By::Key(key) => Some(target.values_by_key(&key, &copy)),
                        By::Rest(rest) => Some(unkeyed::values(target, &rest, &copy)),
                        By::Nothing => None,
                    }
                }
                Loss::Converted(column) => {
                    self.n_converted += 1;
                    let name = cut(&format!("after_{}_{}_{table}", self.seq, self.n_converted));
                    let now = format!("{OWN_SCHEMA}.{}", quote_ident(&name));
                    let target = Target { shape: &shape, table, column };
                    let converted = match by {
                        By::Key(key) => Some(target.converted_by_key(&key, [&copy, &now])),
                        By::Rest(rest) => unkeyed::converted(target, &rest, [&copy, &now], step),
                        By::Nothing => None,
                    };
                    converted.map(|it| {
                        if let Back::Lossy { sql, .. } = &mut main.back {
                            let sql_back = it.back.as_ref().unwrap_or(sql);
                            *sql = format!("{}\n{sql_back}", it.before);
                        }
                        behind.push(plain(it.note, step.transaction, Back::NotNeeded));
                        it.after
                    })
                }
            };
            match after {
                Some(after) => {
                    let text = main.restore.get_or_insert_default();
                    let gap = if text.is_empty() { "" } else { "\n" };
                    let _ = write!(text, "{gap}{after}");
                }
                None => left.push(copy),
            }
        }
        // Half of what was lost is no way back.
        if !left.is_empty() {
            main.restore = None;
            let why = format!(
                "no key tells which rows the values in {} belong to; put them back by hand, and \
                 write a migration that goes on from there",
                left.join(", ")
            );
            main.back = Back::None { why };
        }
        if self.extent == Extent::Touched {
            for table in touched(step) {
                let shape = Shape::read(client, table)?;
                if !shape.columns.is_empty() {
                    self.copy(table, &shape, step.transaction, &mut out);
                }
            }
        }
        self.note_changes(step);
        out.push(main);
        out.append(&mut behind);
        Ok(out)
    }

    /// The copy of a table in this transaction; the step that makes it goes to `out`.
    fn copy(
        &mut self,
        table: &str,
        shape: &Shape,
        transaction: Transaction,
        out: &mut Vec<StoredStep>,
    ) -> &Copy {
        let is_it = |it: &Copy| it.table == table && it.transaction == transaction;
        if let Some(at) = self.made.iter().position(is_it) {
            return &self.made[at];
        }
        let n_before = self.made.iter().filter(|it| it.table == table).count();
        let again = if n_before == 0 { String::new() } else { format!("_{}", n_before + 1) };
        let name = cut(&format!("before_{}{again}_{table}", self.seq));
        let name = format!("{OWN_SCHEMA}.{}", quote_ident(&name));
        let from = qualified(table);
        out.push(copying(&from, &name, transaction));
        let (table, untouched) = (table.to_owned(), Some(shape.columns.clone()));
        self.made.push(Copy { table, transaction, name, untouched });
        self.made.last().expect("it was just made")
    }

    /// Takes note of what a step changes of tables that were copied before it.
    fn note_changes(&mut self, step: &Step) {
        for change in &step.changes {
            let of_table = |it: &&mut Copy| change.table().is_none_or(|table| it.table == table);
            for copy in self.made.iter_mut().filter(of_table) {
                match change {
                    Change::AlterType { column, .. } | Change::Drop(column)
                        if matches!(column.part, Part::Column(_)) =>
                    {
                        let Part::Column(name) = &column.part else { continue };
                        let columns = copy.untouched.iter_mut();
                        columns.for_each(|it| it.retain(|it| unquoted(it) != *name));
                    }
                    Change::Rename { .. } | Change::WriteRows(_) | Change::Raw(_) => {
                        copy.untouched = None;
                    }
                    _ => {}
                }
            }
        }
    }
}

fn copying(from: &str, name: &str, transaction: Transaction) -> StoredStep {
    // A copy may take longer than a change of the schema should.
    let sql = format!(
        "SET LOCAL statement_timeout = '1h';\n\
         LOCK TABLE {from} IN SHARE ROW EXCLUSIVE MODE;\n\
         CREATE TABLE {name} AS TABLE {from};\n\
         SET LOCAL statement_timeout = '60s';"
    );
    plain(sql, transaction, Back::Exact(format!("DROP TABLE {name};")))
}

/// The step that copies a table for the entry `seq`, which drops it or something of it; with the
/// copy's name.
pub(super) fn whole(seq: i64, table: &str, transaction: Transaction) -> (String, StoredStep) {
    let name = format!("{OWN_SCHEMA}.{}", quote_ident(&cut(&format!("before_{seq}_{table}"))));
    let step = copying(&qualified(table), &name, transaction);
    (name, step)
}

/// The copies that a statement which restores something reads from.
pub(super) fn named_in(sql: &str) -> Vec<&str> {
    let mark = format!("{OWN_SCHEMA}.");
    let starts = sql.match_indices(&mark).map(|it| it.0);
    let name = |start: usize| {
        let rest = &sql[start + mark.len()..];
        let is_end = |it: char| !(it.is_alphanumeric() || it == '_');
        let length = match rest.strip_prefix('"') {
            Some(inner) => inner.find('"')? + 2,
            None => rest.find(is_end).unwrap_or(rest.len()),
        };
        Some(&sql[start..start + mark.len() + length])
    };
    starts.filter_map(name).collect()
}

fn plain(sql: String, transaction: Transaction, back: Back) -> StoredStep {
    StoredStep { transaction, is_setting: false, sql, back, restore: None }
}

/// Within the 63 bytes that PostgreSQL keeps of a name.
fn cut(name: &str) -> String {
    let mut end = name.len().min(63);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    name[..end].to_owned()
}

/// Specs have tables in `public` only.
pub(super) fn qualified(table: &str) -> String {
    format!("public.{}", quote_ident(table))
}

fn losses(step: &Step) -> Vec<(&str, Loss<'_>)> {
    let mut out: Vec<(&str, Loss<'_>)> = Vec::new();
    for it in &step.loses {
        match &it.part {
            Part::Table => out.push((&it.table, Loss::Rows)),
            Part::Column(column) => out.push((&it.table, Loss::Column(column))),
            _ => {}
        }
    }
    if matches!(step.back, Back::Lossy { .. }) {
        for it in &step.changes {
            if let Change::AlterType { column: id, .. } = it
                && let Part::Column(column) = &id.part
            {
                out.push((&id.table, Loss::Converted(column)));
            }
        }
    }
    out
}

/// Tables whose rows the step writes.
fn touched(step: &Step) -> impl Iterator<Item = &str> {
    let writes = |it: &&Change| step.rewrite || matches!(it, Change::WriteRows(_));
    let tables = step.changes.iter().filter(writes).filter_map(Change::table);
    tables.filter(|it| !it.is_empty())
}

/// How values come back that were converted.
struct Converted {
    /// Runs behind the conversion: keeps what the values became.
    note: String,
    /// Runs before the way back: finds the rows whose value is still that.
    before: String,
    /// The way back, where it converts more than the table.
    back: Option<String>,
    after: String,
}

/// How rows are told apart.
enum By<'a> {
    /// Columns of a key that the step leaves as they are.
    Key(Vec<&'a str>),
    /// All columns that the copy and the table have alike: rows that agree in them are as good as each
    /// other.
    Rest(Vec<&'a str>),
    Nothing,
}

/// A column whose values are put back.
#[derive(Clone, Copy)]
struct Target<'a> {
    shape: &'a Shape,
    table: &'a str,
    column: &'a str,
}

/// What a table looks like at a moment; all names as SQL spells them.
struct Shape {
    /// Those that can be written.
    columns: Vec<String>,
    /// Columns that tell a row, each with its plain name; of the primary key first.
    keys: Vec<Vec<(String, String)>>,
    /// Columns with the sequence that feeds them.
    sequences: Vec<(String, String)>,
    triggers: Vec<String>,
}

impl Shape {
    fn read(client: &mut Client, table: &str) -> Result<Self, ::postgres::Error> {
        let table = qualified(table);
        let texts = |row: &::postgres::Row| row.get::<_, String>(0);
        let columns = client.query(
            "SELECT quote_ident(attname) FROM pg_attribute
             WHERE attrelid = to_regclass($1::text) AND attnum > 0 AND NOT attisdropped
               AND attgenerated = '' ORDER BY attnum",
            &[&table],
        )?;
        let keys = client.query(
            "SELECT array_agg(quote_ident(a.attname)), array_agg(a.attname::text)
             FROM pg_constraint c CROSS JOIN unnest(c.conkey) AS k (n)
             JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.n
             WHERE c.conrelid = to_regclass($1::text) AND c.contype IN ('p', 'u')
             GROUP BY c.oid, c.contype, c.conname HAVING bool_and(a.attnotnull)
             ORDER BY c.contype = 'p' DESC, c.conname",
            &[&table],
        )?;
        let sequences = client.query(
            "SELECT quote_ident(attname), pg_get_serial_sequence($1::text, attname)
             FROM pg_attribute WHERE attrelid = to_regclass($1::text) AND attnum > 0
               AND NOT attisdropped AND pg_get_serial_sequence($1::text, attname) IS NOT NULL",
            &[&table],
        )?;
        let triggers = client.query(
            "SELECT quote_ident(tgname) FROM pg_trigger
             WHERE tgrelid = to_regclass($1::text) AND NOT tgisinternal AND tgenabled = 'O'",
            &[&table],
        )?;
        let pairs = |row: &::postgres::Row| {
            let (sql, plain): (Vec<String>, Vec<String>) = (row.get(0), row.get(1));
            sql.into_iter().zip(plain).collect()
        };
        Ok(Self {
            columns: columns.iter().map(texts).collect(),
            keys: keys.iter().map(pairs).collect(),
            sequences: sequences.iter().map(|it| (it.get(0), it.get(1))).collect(),
            triggers: triggers.iter().map(texts).collect(),
        })
    }

    /// How the rows are told that the step leaves without some of their values.
    fn by(&self, table: &str, step: &Step, untouched: Option<&[String]>) -> By<'_> {
        let losses = losses(step);
        let is_kept = |plain: &str| {
            !losses.iter().any(|(of, loss)| {
                let lost = match loss {
                    Loss::Rows => return *of == table,
                    Loss::Column(it) | Loss::Converted(it) => *it,
                };
                *of == table && lost == plain
            })
        };
        if let Some(key) = self.keys.iter().find(|it| it.iter().all(|it| is_kept(&it.1))) {
            return By::Key(key.iter().map(|it| it.0.as_str()).collect());
        }
        let Some(untouched) = untouched else { return By::Nothing };
        let rest = self.columns.iter();
        let rest = rest.filter(|it| untouched.contains(it) && is_kept(&unquoted(it)));
        By::Rest(rest.map(String::as_str).collect())
    }

    fn rows(&self, table: &str, copy: &str) -> String {
        let (target, columns) = (qualified(table), self.columns.join(", "));
        let mut out = format!(
            "INSERT INTO {target} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM {copy};"
        );
        for (column, sequence) in &self.sequences {
            let name = crate::expr::quote_text(sequence);
            let _ = write!(
                out,
                "\nSELECT setval({name}, max({column})) FROM {target} \
                 HAVING max({column}) IS NOT NULL;"
            );
        }
        out
    }

    /// Runs without triggers of the author, which would take a restored value for a new one.
    fn quietly(&self, target: &str, sql: &str) -> String {
        let switch = |word: &str| -> String {
            let all = self.triggers.iter();
            all.map(|it| format!("ALTER TABLE {target} {word} TRIGGER {it};\n")).collect()
        };
        format!("{}{sql}\n{}", switch("DISABLE"), switch("ENABLE")).trim_end().to_owned()
    }
}

impl Target<'_> {
    fn values_by_key(&self, key: &[&str], copy: &str) -> String {
        let (target, column) = (qualified(self.table), quote_ident(self.column));
        let same = same(key, "t", "b");
        let update = format!(
            "UPDATE {target} AS t SET {column} = b.{column} FROM {copy} AS b WHERE {same};"
        );
        self.shape.quietly(&target, &update)
    }

    fn converted_by_key(&self, key: &[&str], [copy, now]: [&str; 2]) -> Converted {
        let (target, column) = (qualified(self.table), quote_ident(self.column));
        let (keys, of_t) = (key.join(", "), key.iter().map(|it| format!("t.{it}")));
        let of_t = of_t.collect::<Vec<_>>().join(", ");
        let update = format!(
            "UPDATE {target} AS t SET {column} = b.{column} FROM {copy} AS b, {SAME} AS s \
             WHERE {} AND {};",
            same(key, "t", "b"),
            same(key, "t", "s"),
        );
        Converted {
            note: format!("CREATE TABLE {now} AS SELECT {keys}, {column} FROM {target};"),
            // A value that was changed since is newer than the copy's and stays.
            before: format!(
                "CREATE TEMP TABLE {SAME} ON COMMIT DROP AS SELECT {of_t} FROM {target} AS t \
                 JOIN {now} AS n ON {} WHERE t.{column} IS NOT DISTINCT FROM n.{column};",
                same(key, "t", "n"),
            ),
            back: None,
            after: format!(
                "{}\nDROP TABLE {SAME};\nDROP TABLE {now};",
                self.shape.quietly(&target, &update)
            ),
        }
    }
}

/// Keys of rows whose converted value nobody has changed.
const SAME: &str = "_specwright_same";

fn same(key: &[&str], left: &str, right: &str) -> String {
    let pairs = key.iter().map(|it| format!("{left}.{it} = {right}.{it}"));
    pairs.collect::<Vec<_>>().join(" AND ")
}
