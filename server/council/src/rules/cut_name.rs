use super::cx::{Cx, Sink};
use crate::sql::{Token, TokenKind};
use model::Risk;
use std::collections::BTreeSet;

declare_rule! {
    /// A name is longer than PostgreSQL keeps: 63 bytes.
    ///
    /// The rest is cut off with no more than a notice; two names that start alike become one.
    ///
    /// ```sql,bad
    /// create table orders (id bigint primary key, account_id bigint, state text, ref text, region text);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table orders add column the_reason_that_the_customer_gave_when_the_order_was_returned_to_us text;
    /// ```
    /// ```sql,good
    /// create table orders (id bigint primary key, account_id bigint, state text, ref text, region text);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table orders add column return_reason text;
    /// ```
    pub(super) static RULE = {
        name: "cut-name",
        group: Lint,
        class: Compatibility,
        since: "0.1.0",
        check: cut_name,
    }
}

/// Source: `NAMEDATALEN` less the byte that ends it.
const NAME_BYTES_MAX: usize = 63;

fn cut_name(cx: &Cx, sink: &mut Sink<'_>) {
    let mut told = BTreeSet::new();
    for step in cx.change.steps.iter().filter(|_| cx.is_postgres()) {
        let is_long = |it: &&Token| {
            matches!(it.kind, TokenKind::Word | TokenKind::Name) && it.text.len() > NAME_BYTES_MAX
        };
        for token in step.raw.tokens.iter().filter(is_long) {
            if told.insert(&token.text) {
                let claim = format!("`{}` is cut after {NAME_BYTES_MAX} bytes", token.text);
                sink.report(step, &token.text, Risk::Low, claim).fix("Give it a shorter name", "");
            }
        }
    }
}
