use super::cx::{Cx, Sink};
use crate::ddl::Action;
use crate::schema::Table;
use crate::sql::{Cursor, Token, TokenKind};
use model::{Risk, Stake};

declare_rule! {
    /// Rows are deleted or written by a condition that asks another table, and never says which row of it belongs to which.
    ///
    /// As soon as one row of the other table fits, every row is reached. Compare a column of the one with a column of the other.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, status text);
    /// create table orders (id bigint primary key, account_id bigint);
    /// -- migration
    /// delete from orders using accounts where accounts.status = 'new';
    /// ```
    /// ```sqlite,bad
    /// create table accounts (id integer primary key, status text);
    /// create table orders (id integer primary key, account_id integer, plan text);
    /// -- migration
    /// update orders set plan = a.status from accounts a where a.status = 'new';
    /// ```
    /// ```sqlite,bad
    /// create table accounts (id integer primary key, status text);
    /// create table orders (id integer primary key, account_id integer);
    /// -- migration
    /// delete from orders where exists (select 1 from accounts a where a.status = 'new');
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, status text);
    /// create table orders (id bigint primary key, account_id bigint);
    /// -- migration
    /// delete from orders using accounts where accounts.id = account_id and accounts.status = 'new';
    /// delete from orders o where exists (select 1 from accounts a where a.id = o.account_id and a.status = 'new');
    /// ```
    pub(super) static RULE = {
        name: "unjoined-write",
        group: NetChange,
        class: DataLoss,
        since: "0.1.0",
        check: unjoined_write,
    }
}

fn unjoined_write(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let Some(write) = write(&step.raw.tokens) else { continue };
        let Some(table) = cx.change.old_table(step, &write.table) else { continue };
        let is_other =
            |it: &&Table| it.id != table.id && write.tokens().any(|of| of.text == it.name);
        let others: Vec<&Table> = step.schema.tables.iter().filter(is_other).collect();
        if !write.asks_another() || write.names_own_row(table, &others) {
            continue;
        }
        let is_new = |name: &str| {
            table.column(name).is_some_and(|it| !cx.change.is_old_column(table.id, it.id))
        };
        let (risk, verb) = match &step.action {
            Action::Update(it) if it.sets.iter().all(|it| is_new(&it.0)) => {
                (Risk::Medium, "writes to")
            }
            Action::Update(_) => (Risk::High, "writes to"),
            _ => (Risk::High, "deletes"),
        };
        let claim = format!(
            "{verb} every row of `{}` as soon as one row of another table fits",
            table.name
        );
        sink.report(step, &table.name, risk, claim)
            .stake(Stake::Data)
            .fix("Compare a column of the one with one of the other", "");
    }
}

/// A `delete` or `update` with a condition.
struct Write<'a> {
    table: String,
    alias: String,
    /// Behind `using` or `from`.
    others: &'a [Token],
    filter: &'a [Token],
}

fn write(tokens: &[Token]) -> Option<Write<'_>> {
    let mut cursor = Cursor::new(tokens);
    let is_delete = cursor.find("delete from");
    (is_delete || cursor.find("update")).then_some(())?;
    cursor.eat("only");
    let table = cursor.name()?;
    let alias = cursor.until(&["using", "set", "where"]).last();
    let alias = alias.map_or(&table, |it| &it.text);
    let alias = alias.rsplit('.').next().unwrap_or(alias).to_owned();
    let has_others = if is_delete { cursor.eat("using") } else { cursor.find("from") };
    let others = if has_others { cursor.until(&["where", "returning"]) } else { &[] };
    cursor.find("where").then(|| Write { table, alias, others, filter: cursor.rest() })
}

impl Write<'_> {
    fn tokens(&self) -> impl Iterator<Item = &Token> {
        self.others.iter().chain(self.filter)
    }

    /// Whether other tables are all that the condition is about.
    fn asks_another(&self) -> bool {
        let mut cursor = Cursor::new(self.filter);
        cursor.eat("not");
        let is_query = cursor.eat("exists") && cursor.group().is_some() && cursor.is_done();
        !self.others.is_empty() || is_query
    }

    /// Whether a column of the row itself is in the condition; where its columns are not known, any
    /// name that may be one.
    fn names_own_row(&self, table: &Table, others: &[&Table]) -> bool {
        let filter = self.filter;
        let is_sign = |at: Option<usize>, sign: &str| {
            at.and_then(|at| filter.get(at)).is_some_and(|it| it.text == sign)
        };
        filter
            .iter()
            .enumerate()
            .filter(|it| matches!(it.1.kind, TokenKind::Word | TokenKind::Name))
            .any(|(at, it)| {
                let is_qualified = is_sign(at.checked_sub(1), ".");
                let qualifies = is_sign(Some(at + 1), ".");
                if qualifies || is_qualified {
                    return qualifies && it.text == self.alias;
                }
                let is_others = others.iter().any(|of| of.column(&it.text).is_some());
                table.column(&it.text).is_some() && !is_others
                    || table.columns.is_empty() && may_be_column(it)
            })
    }
}

fn may_be_column(token: &Token) -> bool {
    const WORDS: [&str; 17] = [
        "and", "or", "not", "is", "null", "in", "like", "between", "exists", "select", "from",
        "where", "true", "false", "as", "join", "on",
    ];
    token.kind == TokenKind::Name || !WORDS.contains(&token.text.as_str())
}
