//! Copies of what a migration loses, and the statements that bring it back from them.
//!
//! A table is copied in the transaction that loses its data, right before the step, under a lock
//! that keeps writers out; so the copy is what the step finds, and has the names of that moment.
//! The statements are made while the plan runs on a shadow, which is asked for columns and keys.

use super::OWN_SCHEMA;
use super::specs::Unseed;
use crate::expr::quote_ident;
use crate::plan::{Back, Change, Part, Step, Transaction};
use crate::run::sqlite::StoredStep;
use ::postgres::Client;
use std::fmt::Write as _;

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
        let (mut behind, mut is_whole) = (Vec::new(), true);
        if let Some(it) = unseed {
            let copy = self.copy(&it.table, step.transaction, &mut out);
            main.restore = Some(it.sql(&copy));
        }
        for (table, loss) in losses(step) {
            let shape = Shape::read(client, table)?;
            if shape.columns.is_empty() {
                continue;
            }
            let copy = self.copy(table, step.transaction, &mut out);
            let after = match loss {
                Loss::Rows => Some(shape.rows(table, &copy)),
                Loss::Column(column) => shape.values(table, column, &copy, step),
                Loss::Converted(column) => {
                    self.n_converted += 1;
                    let name = cut(&format!("after_{}_{}_{table}", self.seq, self.n_converted));
                    let now = format!("{OWN_SCHEMA}.{}", quote_ident(&name));
                    shape.converted(table, column, [&copy, &now], step).map(|it| {
                        if let Back::Lossy { sql, .. } = &mut main.back {
                            *sql = format!("{}\n{sql}", it.before);
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
                None => is_whole = false,
            }
        }
        // Half of what was lost is no way back.
        main.restore = main.restore.filter(|_| is_whole);
        if self.extent == Extent::Touched {
            for table in touched(step) {
                if !Shape::read(client, table)?.columns.is_empty() {
                    self.copy(table, step.transaction, &mut out);
                }
            }
        }
        out.push(main);
        out.append(&mut behind);
        Ok(out)
    }

    /// The copy of a table in this transaction; the step that makes it goes to `out`.
    fn copy(&mut self, table: &str, transaction: Transaction, out: &mut Vec<StoredStep>) -> String {
        let is_it = |it: &&Copy| it.table == table && it.transaction == transaction;
        if let Some(it) = self.made.iter().find(is_it) {
            return it.name.clone();
        }
        let n_before = self.made.iter().filter(|it| it.table == table).count();
        let again = if n_before == 0 { String::new() } else { format!("_{}", n_before + 1) };
        let name = cut(&format!("before_{}{again}_{table}", self.seq));
        let name = format!("{OWN_SCHEMA}.{}", quote_ident(&name));
        let from = qualified(table);
        out.push(copying(&from, &name, transaction));
        self.made.push(Copy { table: table.to_owned(), transaction, name: name.clone() });
        name
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
    after: String,
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

    /// A key whose columns the step leaves as they are.
    fn key(&self, table: &str, step: &Step) -> Option<Vec<&str>> {
        let is_kept = |plain: &str| {
            !losses(step).iter().any(|(of, loss)| {
                let lost = match loss {
                    Loss::Rows => return *of == table,
                    Loss::Column(it) | Loss::Converted(it) => *it,
                };
                *of == table && lost == plain
            })
        };
        let key = self.keys.iter().find(|it| it.iter().all(|it| is_kept(&it.1)))?;
        Some(key.iter().map(|it| it.0.as_str()).collect())
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

    fn values(&self, table: &str, column: &str, copy: &str, step: &Step) -> Option<String> {
        let (target, column) = (qualified(table), quote_ident(column));
        let same = same(&self.key(table, step)?, "t", "b");
        let update = format!(
            "UPDATE {target} AS t SET {column} = b.{column} FROM {copy} AS b WHERE {same};"
        );
        Some(self.quietly(&target, &update))
    }

    fn converted(
        &self,
        table: &str,
        column: &str,
        [copy, now]: [&str; 2],
        step: &Step,
    ) -> Option<Converted> {
        let (target, column) = (qualified(table), quote_ident(column));
        let key = self.key(table, step)?;
        let (keys, of_t) = (key.join(", "), key.iter().map(|it| format!("t.{it}")));
        let of_t = of_t.collect::<Vec<_>>().join(", ");
        let update = format!(
            "UPDATE {target} AS t SET {column} = b.{column} FROM {copy} AS b, {SAME} AS s \
             WHERE {} AND {};",
            same(&key, "t", "b"),
            same(&key, "t", "s"),
        );
        Some(Converted {
            note: format!("CREATE TABLE {now} AS SELECT {keys}, {column} FROM {target};"),
            // A value that was changed since is newer than the copy's and stays.
            before: format!(
                "CREATE TEMP TABLE {SAME} ON COMMIT DROP AS SELECT {of_t} FROM {target} AS t \
                 JOIN {now} AS n ON {} WHERE t.{column} IS NOT DISTINCT FROM n.{column};",
                same(&key, "t", "n"),
            ),
            after: format!(
                "{}\nDROP TABLE {SAME};\nDROP TABLE {now};",
                self.quietly(&target, &update)
            ),
        })
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

/// Keys of rows whose converted value nobody has changed.
const SAME: &str = "_specwright_same";

fn same(key: &[&str], left: &str, right: &str) -> String {
    let pairs = key.iter().map(|it| format!("{left}.{it} = {right}.{it}"));
    pairs.collect::<Vec<_>>().join(" AND ")
}
