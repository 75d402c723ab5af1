use super::cx::{Cx, Sink};
use super::{
    Rule, bypassing_role, cascading_drop, deleted_rows, dropped_column, dropped_policy,
    dropped_schema, dropped_table, edited_catalog, hidden_statement, keepless_delete, open_policy,
    overwritten_rows, partial_copy, row_security_disabled, session_bypass,
};
use crate::ddl::AlterPart;
use crate::types::{Conversion, conversion, lossy_using};
use model::{CouncilFinding, Risk, Stake};

declare_rule! {
    /// The way back takes more than the migration gave.
    ///
    /// It is judged as a change of its own over what was there before: a table, column or row that the migration did not make must still be there. It may take what came since, and no more; a text that is cut to fit is gone.
    ///
    /// ```sql,bad
    /// create table orders (id bigint primary key, placed date);
    /// -- migration
    /// create index concurrently orders_placed on orders (placed);
    /// -- down
    /// drop table orders;
    /// ```
    /// ```sql,bad
    /// create table coupons (code text primary key);
    /// -- migration
    /// insert into coupons (code) values ('SPRING');
    /// -- down
    /// delete from coupons;
    /// ```
    /// ```sql,bad
    /// create table accounts (id bigint primary key, note varchar(200));
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts alter column note type text;
    /// -- down
    /// alter table accounts alter column note type varchar(200) using left(note, 200);
    /// ```
    /// ```sql,good
    /// create table coupons (code text primary key, note varchar(200));
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table coupons alter column note type text;
    /// insert into coupons (code) values ('SPRING');
    /// -- down
    /// delete from coupons where code = 'SPRING';
    /// alter table coupons alter column note type varchar(200);
    /// ```
    pub(super) static RULE = {
        name: "harmful-way-back",
        group: Reversibility,
        class: DataLoss,
        since: "0.1.0",
        check: harmful_way_back,
    }
}

/// What is asked of the way back as of any change.
static ASKED: [&Rule; 15] = [
    &dropped_table::RULE,
    &dropped_column::RULE,
    &dropped_schema::RULE,
    &cascading_drop::RULE,
    &deleted_rows::RULE,
    &keepless_delete::RULE,
    &overwritten_rows::RULE,
    &partial_copy::RULE,
    &hidden_statement::RULE,
    &edited_catalog::RULE,
    &row_security_disabled::RULE,
    &dropped_policy::RULE,
    &open_policy::RULE,
    &bypassing_role::RULE,
    &session_bypass::RULE,
];

fn harmful_way_back(cx: &Cx, sink: &mut Sink<'_>) {
    let Ok(back) = cx.way_back() else { return };
    let mut found = Vec::new();
    for rule in ASKED {
        (rule.check)(back, &mut Sink::new(rule, back, &mut found));
    }
    for (object, claim) in narrowed(cx, back) {
        sink.whole(&object, Risk::High, claim).stake(Stake::Data);
    }
    let is_as_before = |it: &CouncilFinding| {
        it.rule == row_security_disabled::RULE.name
            && cx.change.before.table(&it.object).is_some_and(|it| !it.row_security)
    };
    for finding in found.iter().filter(|it| it.risk >= Risk::Medium && !is_as_before(it)) {
        sink.adopt(finding, format!("the way back {}", finding.claim));
    }
}

/// Columns that come out narrower than they were, or whose texts are cut, and what is said of it.
fn narrowed(cx: &Cx, back: &Cx) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for (_, table, part) in back.change.alterations() {
        let AlterPart::SetType { column, kind, using, .. } = part else { continue };
        let before = cx.change.before.table_of(table.id);
        let now = table.column(column);
        let Some(was) = before.zip(now).and_then(|(before, now)| before.column_of(now.id)) else {
            continue;
        };
        let why = match (
            conversion(&was.kind, kind),
            using.as_ref().and_then(|it| lossy_using(column, it)),
        ) {
            (_, Some(why)) => why,
            (Conversion::Narrows(why), None) => why,
            _ => continue,
        };
        let object = format!("{}.{column}", table.name);
        let claim = format!("the way back changes `{object}` to `{kind}`: {why}");
        out.push((object, claim));
    }
    out
}
