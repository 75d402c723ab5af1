//! Public schema changes of the evaluation data, on PostgreSQL.

use migrate::plan::{Back, Plan, Renames, Transaction};
use migrate::postgres::live::reproduce;
use migrate::postgres::prove::plan_and_prove;
use migrate::postgres::server::Server;
use migrate::postgres::shadow::Shadow;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;
use system::OsSystem;
use tests::schema_cases::{
    Case, Database, PlannedStep, Rows, Structure, Subject, Verdict, cases, judge,
};

#[test]
fn public_changes_come_out_right_on_postgresql() {
    let Some(root) = std::env::var_os("SPECWRIGHT_EVAL_DIR") else {
        println!("skipped: SPECWRIGHT_EVAL_DIR is not set");
        return;
    };
    let server = match Server::find(&OsSystem::default()) {
        Ok(server) => server,
        Err(error) => {
            println!("skipped: {error}");
            return;
        }
    };
    let mut subject = Postgres { server: Rc::new(server), free: Rc::default() };
    let loads =
        |it: &Case| it.dialect == "postgres" && it.load["a_ok"] == true && it.load["b_ok"] == true;
    let mut counts: BTreeMap<(bool, &str), usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for case in cases(Path::new(&root)).iter().filter(|it| loads(it)) {
        let verdict = judge(&mut subject, case);
        let word = match &verdict {
            Verdict::Right => "right",
            Verdict::RightWhenEmpty(_) => "right when empty",
            Verdict::Refused(_) => "refused",
            Verdict::Unfit(_) => "unfit",
            Verdict::Wrong(_) => "wrong",
        };
        *counts.entry((case.core, word)).or_default() += 1;
        if verdict != Verdict::Right {
            println!("{}: {verdict:?}", case.id);
        }
        if let Verdict::Wrong(why) = verdict
            && !is_for_the_backup(&why)
        {
            wrong.push(format!("{}: {why}", case.id));
        }
    }
    println!("(core, verdict): {counts:?}");
    assert_eq!(wrong, Vec::<String>::new(), "{counts:?}");
    let n = |word| counts.get(&(true, word)).copied().unwrap_or_default();
    assert!(n("refused") * 33 <= n("right"), "more than 3% are refused: {counts:?}");
}

/// Whether the way back wants rows that went with their table, as the plan said.
fn is_for_the_backup(why: &str) -> bool {
    why.starts_with("way back: ") && why.contains("violates foreign key constraint")
}

struct Postgres {
    server: Rc<Server>,
    free: Rc<RefCell<Vec<Shadow>>>,
}

/// A database that goes back to the others when it can be emptied.
struct Db {
    shadow: Option<Shadow>,
    free: Rc<RefCell<Vec<Shadow>>>,
}

impl Drop for Db {
    fn drop(&mut self) {
        if let Some(mut shadow) = self.shadow.take()
            && shadow.clear().unwrap_or(false)
        {
            self.free.borrow_mut().push(shadow);
        }
    }
}

impl Subject for Postgres {
    type Database = Db;

    fn fresh(&mut self) -> Db {
        let free = self.free.borrow_mut().pop();
        let shadow = free.unwrap_or_else(|| {
            Shadow::new(&self.server, &OsSystem::default()).expect("a database can be made")
        });
        Db { shadow: Some(shadow), free: Rc::clone(&self.free) }
    }

    fn plan(&mut self, live: &mut Db, desired: &str) -> Result<Vec<PlannedStep>, String> {
        let mut wanted = self.fresh();
        wanted.shadow().load(desired).map_err(|it| it.to_string())?;
        let wanted = wanted.shadow().read().map_err(|it| it.to_string())?;
        let start = live.shadow().read().map_err(|it| it.to_string())?;
        let mut shadow = self.fresh();
        reproduce(shadow.shadow(), &start).map_err(|it| it.to_string())?;
        let plan = plan_and_prove(shadow.shadow(), &wanted, &Renames::default());
        Ok(steps(&plan.map_err(|it| it.to_string())?))
    }
}

fn steps(plan: &Plan) -> Vec<PlannedStep> {
    let step = |it: &migrate::plan::Step| PlannedStep {
        sql: it.sql.clone(),
        transaction: match it.transaction {
            Transaction::Segment(number) => Some(number),
            Transaction::Outside => None,
        },
        down: match &it.back {
            Back::Exact(sql) | Back::Lossy { sql, .. } => Some(sql.clone()),
            Back::None { .. } | Back::NotNeeded => None,
        },
    };
    plan.steps.iter().map(step).collect()
}

impl Db {
    fn shadow(&mut self) -> &mut Shadow {
        self.shadow.as_mut().expect("it is taken in `drop` only")
    }

    fn pairs(&mut self, sql: &str) -> Vec<(String, String)> {
        let rows =
            self.shadow().client().query(sql, &[]).unwrap_or_else(|it| panic!("{it}: {sql}"));
        rows.iter().map(|it| (it.get(0), it.get(1))).collect()
    }

    /// Columns that a row may give a value to, with their types, by table.
    fn columns(&mut self) -> BTreeMap<String, Vec<Column>> {
        let mut out: BTreeMap<String, Vec<Column>> = BTreeMap::new();
        let sql = format!(
            "SELECT c.oid::regclass::text, concat_ws(E'\\t', quote_ident(attname), format_type(atttypid, atttypmod), \
                 CASE WHEN typtype = 'd' THEN format_type(typbasetype, typtypmod) ELSE format_type(atttypid, atttypmod) END, \
                 attnotnull AND NOT atthasdef AND attidentity = '', \
                 (SELECT enumlabel FROM pg_enum WHERE enumtypid IN (t.oid, typbasetype) ORDER BY enumsortorder LIMIT 1)) \
             FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace JOIN pg_attribute ON attrelid = c.oid \
             JOIN pg_type t ON t.oid = atttypid \
             WHERE {OWN} AND relkind IN ('r', 'p') AND attnum > 0 AND NOT attisdropped AND attgenerated = '' \
             ORDER BY c.oid, attnum"
        );
        for (table, column) in self.pairs(&sql) {
            let fields: Vec<&str> = column.split('\t').collect();
            out.entry(table).or_default().push(Column {
                name: fields[0].to_owned(),
                kind: fields[1].to_owned(),
                base: fields[2].to_owned(),
                is_required: fields[3] == "t",
                label: fields.get(4).map(|it| (*it).to_owned()),
            });
        }
        out
    }

    /// Words in quotes in a table's constraints, which may be what they ask for.
    fn words(&mut self, table: &str) -> Vec<String> {
        let sql = format!(
            "SELECT pg_get_constraintdef(oid), '' FROM pg_constraint \
             WHERE conrelid = '{}'::regclass AND contype = 'c'",
            table.replace('\'', "''")
        );
        let checks = self.pairs(&sql);
        let words = checks.iter().flat_map(|it| it.0.split('\'').skip(1).step_by(2));
        words.map(str::to_owned).collect()
    }

    fn insert(&mut self, table: &str, columns: &[&Column], n: u32, word: Option<&str>) -> bool {
        let names: Vec<&str> = columns.iter().map(|it| it.name.as_str()).collect();
        let values: Vec<String> = columns.iter().map(|it| it.value(n, word)).collect();
        let (names, values) = (names.join(", "), values.join(", "));
        let row = if columns.is_empty() {
            "DEFAULT VALUES".to_owned()
        } else {
            format!("({names}) OVERRIDING SYSTEM VALUE VALUES ({values})")
        };
        let insert = format!("INSERT INTO {table} {row} ON CONFLICT DO NOTHING");
        self.shadow().client().batch_execute(&insert).is_ok()
    }
}

const OWN: &str = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'";

/// Name and facts of everything there is, asked without the planner's reader.
const STRUCTURE: &str = "
    SELECT 'column ' || c.oid::regclass || '.' || attname, format_type(atttypid, atttypmod) || E'\\t' || attnotnull || ' '
        || coalesce(pg_get_expr(adbin, adrelid), '') || attidentity::text || attgenerated::text || ' '
        || coalesce(col_description(c.oid, attnum), '') || attcollation::regcollation::text || attstorage::text
    FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace JOIN pg_attribute ON attrelid = c.oid AND attnum > 0 AND NOT attisdropped
        LEFT JOIN pg_attrdef ON adrelid = c.oid AND adnum = attnum
    WHERE {own} AND relkind IN ('r', 'p', 'v', 'm', 'c')
    UNION ALL SELECT 'constraint ' || conrelid::regclass || contypid::regtype || ' ' || conname, pg_get_constraintdef(k.oid) || coalesce(obj_description(k.oid, 'pg_constraint'), '')
    FROM pg_constraint k JOIN pg_namespace n ON n.oid = connamespace WHERE {own} AND contype <> 't'
    UNION ALL SELECT 'index ' || indexrelid::regclass, pg_get_indexdef(indexrelid) || indisvalid || coalesce(obj_description(indexrelid, 'pg_class'), '')
    FROM pg_index JOIN pg_class c ON c.oid = indexrelid JOIN pg_namespace n ON n.oid = relnamespace WHERE {own}
    UNION ALL SELECT 'relation ' || c.oid::regclass, relkind::text || relpersistence::text || relrowsecurity || relforcerowsecurity || relreplident::text
        || coalesce((SELECT string_agg(it, ' ' ORDER BY it) FROM unnest(reloptions) it), '') || coalesce(pg_get_partkeydef(c.oid), '')
        || coalesce(pg_get_expr(relpartbound, c.oid), '') || coalesce(obj_description(c.oid, 'pg_class'), '')
        || coalesce((SELECT string_agg(grantee::regrole::text || privilege_type || is_grantable, ' ' ORDER BY grantee::regrole::text, privilege_type) FROM aclexplode(relacl) WHERE grantee <> relowner), '')
    FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE {own}
    UNION ALL SELECT 'view ' || c.oid::regclass, pg_get_viewdef(c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE {own} AND relkind IN ('v', 'm')
    UNION ALL SELECT 'policy ' || schemaname || tablename || ' ' || policyname, permissive || roles::text || cmd || coalesce(qual, '') || ' / ' || coalesce(with_check, '') FROM pg_policies
    UNION ALL SELECT 'sequence ' || schemaname || '.' || sequencename, data_type || ' ' || start_value || ' ' || min_value || ' ' || max_value || ' ' || increment_by || cycle || cache_size FROM pg_sequences
    UNION ALL SELECT 'function ' || p.oid::regprocedure, CASE WHEN prokind <> 'a' THEN pg_get_functiondef(p.oid) ELSE '' END || coalesce(obj_description(p.oid, 'pg_proc'), '')
    FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace WHERE {own} AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.objid = p.oid AND e.deptype = 'e')
    UNION ALL SELECT 'trigger ' || tgrelid::regclass || ' ' || tgname, pg_get_triggerdef(oid) || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT 'enum ' || enumtypid::regtype, string_agg(enumlabel, ' ' ORDER BY enumsortorder) FROM pg_enum GROUP BY enumtypid
    UNION ALL SELECT 'domain ' || t.oid::regtype, format_type(typbasetype, typtypmod) || typnotnull || coalesce(typdefault, '') FROM pg_type t JOIN pg_namespace n ON n.oid = typnamespace WHERE {own} AND typtype = 'd'
    UNION ALL SELECT 'heir ' || inhrelid::regclass || ' ' || inhparent::regclass, '' FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid JOIN pg_namespace n ON n.oid = relnamespace WHERE {own}
    UNION ALL SELECT 'owned ' || objid::regclass, refobjid::regclass || '.' || attname FROM pg_depend JOIN pg_class c ON c.oid = objid AND c.relkind = 'S' JOIN pg_namespace n ON n.oid = relnamespace
        JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid WHERE {own} AND classid = 'pg_class'::regclass AND deptype IN ('a', 'i')
    UNION ALL SELECT 'privileges ' || p.oid::regprocedure, coalesce((SELECT string_agg(grantee::regrole::text || privilege_type || is_grantable, ' ' ORDER BY grantee::regrole::text) FROM aclexplode(coalesce(proacl, acldefault('f', proowner))) WHERE grantee <> proowner), '')
    FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace WHERE {own} AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.objid = p.oid AND e.deptype = 'e')
    UNION ALL SELECT 'rule ' || ev_class::regclass || ' ' || rulename, pg_get_ruledef(r.oid) FROM pg_rewrite r JOIN pg_class c ON c.oid = ev_class JOIN pg_namespace n ON n.oid = relnamespace WHERE {own} AND rulename <> '_RETURN'
    UNION ALL SELECT 'extension ' || extname, extversion || ' ' || extnamespace::regnamespace FROM pg_extension
    UNION ALL SELECT 'schema ' || nspname, coalesce(obj_description(n.oid, 'pg_namespace'), '') FROM pg_namespace n WHERE {own}";

impl Database for Db {
    fn run(&mut self, sql: &str) -> Result<(), String> {
        let shadow = self.shadow();
        // A schema may mention roles and hold what runs alone; a plan's statements run as they are.
        let message = match shadow.client().batch_execute(sql) {
            Ok(()) => return Ok(()),
            Err(error) => migrate::postgres::shadow::told(&error),
        };
        let is_schema = message.contains("does not exist") || message.contains("transaction block");
        if is_schema && !sql.starts_with("ALTER") && shadow.load(sql).is_ok() {
            return Ok(());
        }
        Err(message)
    }

    fn fill(&mut self) {
        let tables = self.columns();
        // Targets of foreign keys may come later in the list.
        for _ in 0..2 {
            for (table, columns) in &tables {
                let words = self.words(table);
                let all: Vec<&Column> = columns.iter().collect();
                let required: Vec<&Column> = columns.iter().filter(|it| it.is_required).collect();
                for n in 1..=3 {
                    // A table whose checks want something else stays empty.
                    let _ = self.insert(table, &all, n, None)
                        || words.iter().any(|it| self.insert(table, &all, n, Some(it)))
                        || self.insert(table, &required, n, None)
                        || words.iter().any(|it| self.insert(table, &required, n, Some(it)));
                }
            }
        }
    }

    fn structure(&mut self) -> Structure {
        // A dump may have changed how names are shown.
        self.shadow().client().batch_execute("RESET ALL").expect("settings are given back");
        self.pairs(&STRUCTURE.replace("{own}", OWN)).into_iter().collect()
    }

    fn rows(&mut self) -> Rows {
        let forced = "SELECT oid::regclass::text, '' FROM pg_class WHERE relforcerowsecurity";
        let mut open = "BEGIN".to_owned();
        for (table, _) in self.pairs(forced) {
            open += &format!("; ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY");
        }
        let tables = self.columns();
        self.run(&open).expect("the owner may look");
        let mut out = Rows::new();
        for (table, columns) in tables {
            let of = out.entry(table.clone()).or_default();
            for Column { name: column, .. } in columns {
                let sql =
                    format!("SELECT coalesce({column}::text, 'NULL'), '' FROM {table} ORDER BY 1");
                of.insert(column, self.pairs(&sql).into_iter().map(|it| it.0).collect());
            }
        }
        self.run("ROLLBACK").expect("it ends");
        out
    }

    fn stores_alike(before: &Structure, after: &Structure, table: &str, column: &str) -> bool {
        let key = format!("column {table}.{}", column.trim_matches('"'));
        let kind = |it: &Structure| it.get(&key)?.split_once('\t').map(|it| it.0.to_owned());
        kind(before) == kind(after)
    }
}

struct Column {
    name: String,
    kind: String,
    /// The type beneath a domain; else the type.
    base: String,
    /// Whether a row must name a value.
    is_required: bool,
    /// The first word of an enum.
    label: Option<String>,
}

impl Column {
    /// A value for row `n`; `word` is what texts are tried with.
    fn value(&self, n: u32, word: Option<&str>) -> String {
        let text = |it: &str| format!("'{}'", it.replace('\'', "''"));
        let plain = match self.base.split(['(', ' ']).next().unwrap_or_default() {
            it if it.ends_with("[]") => "'{}'".to_owned(),
            _ if self.label.is_some() => text(self.label.as_deref().unwrap_or_default()),
            "smallint" | "integer" | "bigint" | "numeric" | "real" | "double" => n.to_string(),
            "text" | "character" | "citext" | "name" => text(word.unwrap_or(&n.to_string())),
            "boolean" => "true".to_owned(),
            "date" | "timestamp" => format!("'2024-01-0{n}'"),
            "time" => "'10:00'".to_owned(),
            "interval" => format!("'{n} days'"),
            "uuid" => format!("'00000000-0000-0000-0000-00000000000{n}'"),
            "inet" | "cidr" => format!("'10.0.0.{n}'"),
            "bytea" => format!("'\\x0{n}'"),
            "json" | "jsonb" => "'{}'".to_owned(),
            it if it.ends_with("range") => "'empty'".to_owned(),
            _ => "NULL".to_owned(),
        };
        format!("{plain}::{}", self.kind)
    }
}
