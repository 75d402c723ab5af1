use super::cx::BlockCx;
use super::notes::{Notes, PlacedNote};
use super::{Sink, SpecCx};
use crate::pattern::compile;
use model::{FixEdit, Modality, Span};
use regex::Regex;
use rustc_hash::FxHashMap;
use std::sync::LazyLock;
use text::inline;
use text::markdown::BlockKind;

declare_rule! {
    /// Two providers that exclude each other are both chosen for the same thing.
    ///
    /// Compares statements with the same label, such as two `Database:` lines or table rows. A line
    /// that names several providers, or one for development, tests or migration, chooses none.
    ///
    /// ```md,bad
    /// ## Stack
    /// - **Auth**: Clerk
    ///
    /// ## Security
    /// - Authentication: Supabase Auth
    /// ```
    /// ```md,good
    /// ## Stack
    /// - **Auth**: Clerk
    ///
    /// ## Security
    /// - Authentication: Clerk with passkeys
    /// ```
    pub(super) static RULE = {
        name: "exclusive-providers",
        group: Backend,
        severity: Warning,
        since: "0.1.0",
        check: Joined(note, join),
    }
}

/// A label, and the names of which only one can be meant.
struct Topic {
    name: &'static str,
    label: LazyLock<Regex>,
    providers: LazyLock<Regex>,
}

static TOPICS: [Topic; 4] = [
    Topic {
        name: "database",
        label: LazyLock::new(|| {
            compile(
                r"(?i)^(?:primary |main )?(?:database|db|datenbank|base de (?:données|datos)|banco de dados|база данных|бд|basis data|数据库|データベース|데이터베이스)$",
            )
        }),
        providers: LazyLock::new(|| {
            compile(
                r"(?i)\b(?:postgres(?:ql)?|supabase|neon|mysql|mariadb|planetscale|mongodb|sqlite|firestore|dynamodb|cockroachdb|sql server|oracle)\b",
            )
        }),
    },
    Topic {
        name: "sign-in",
        label: LazyLock::new(|| {
            compile(
                r"(?i)^(?:auth(?:entication)?(?: provider| service)?|sign-?in|login|authentifizierung|anmeldung|authentification|autenticaci[oó]n|autenticação|аутентификация|авторизация|autentikasi|认证|身份认证|登录|認証|ログイン|인증)$",
            )
        }),
        providers: LazyLock::new(|| {
            compile(
                r"(?i)\b(?:clerk|auth0|supabase(?: auth)?|firebase(?: auth(?:entication)?)?|next-?auth(?:\.js)?|auth\.js|better[- ]auth|cognito|keycloak|workos|kinde|stytch|descope|lucia|okta)(?:\b|$)",
            )
        }),
    },
    Topic {
        name: "payments",
        label: LazyLock::new(|| {
            compile(
                r"(?i)^(?:payments?(?: provider| processor| processing| gateway)?|billing|zahlung(?:en|sanbieter)?|paiements?|pagos?|pagamentos?|платежи|оплата|pembayaran|支付|決済|결제)$",
            )
        }),
        providers: LazyLock::new(|| {
            compile(
                r"(?i)\b(?:stripe|paddle|lemon ?squeezy|polar(?:\.sh)?|braintree|adyen|mollie|chargebee|razorpay|mercado ?pago|midtrans|xendit|yookassa|юkassa|юкасса|payjp|toss ?payments|iamport)\b",
            )
        }),
    },
    Topic {
        name: "ORM",
        label: LazyLock::new(|| {
            compile(r"(?i)^(?:orm|database access|query builder|data access)$")
        }),
        providers: LazyLock::new(|| {
            compile(
                r"(?i)\b(?:prisma|drizzle|typeorm|sequelize|mikro-?orm|kysely|sqlalchemy|mongoose|hibernate|django orm)\b",
            )
        }),
    },
];

/// Words that make a choice one for a part only.
static PART: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:dev(?:elopment)?|local(?:ly)?|tests?|testing|staging|cache|caching|legacy|migrat\w+|from|later|optional(?:ly)?|or|oder|ou|o|или|atau|alternative(?:ly)?|e\.g\.|such as|like|mobile|web|analytics|search|logs?|vector|session|entwicklung|desarrollo|développement|desenvolvimento)\b|或|または|또는|开发|開発|개발",
    )
});
const LABEL_CHARS_MAX: usize = 40;
/// The label is bounded afterwards: a bound here is forty copies of all letters.
static LABELLED: LazyLock<Regex> =
    LazyLock::new(|| compile(r"^([\p{L} ./-]+?)\s*[:：]\s*(.{2,})$"));

fn note(cx: &BlockCx<'_>, notes: &mut Notes<'_>) {
    for line in cx.statements().filter(|it| !it.in_table) {
        let first = line.text().lines().next().unwrap_or_default();
        // A label is short; a colon further on only goes on with a sentence.
        if first.find([':', '：']).is_none_or(|it| it >= 80) {
            continue;
        }
        let Some(found) = LABELLED.captures(first) else { continue };
        if !(2..=LABEL_CHARS_MAX).contains(&found[1].chars().count()) {
            continue;
        }
        let value = found.get(2).expect("the group always takes part");
        choose(&found[1], value.as_str(), notes, line.scope.modality(), |from, to| {
            line.place(value.start() + from..value.start() + to)
        });
    }
    for (block, scoped) in cx.chunk.blocks() {
        let BlockKind::Table { rows, .. } = &block.kind else { continue };
        for row in rows {
            let [label, value, ..] = row.as_slice() else { continue };
            let label = inline::plain(cx.slice(*label)).text;
            let plain = inline::plain(cx.slice(*value));
            let start = value.range().start;
            choose(&label, &plain.text, notes, scoped.scope.modality(), |from, to| {
                plain.source(from, to).shift(start)
            });
        }
    }
}

/// Notes the one provider that a labelled value names.
fn choose(
    label: &str,
    value: &str,
    notes: &mut Notes<'_>,
    modality: Modality,
    place: impl Fn(usize, usize) -> Span,
) {
    let topic = TOPICS.iter().find(|it| it.label.is_match(label.trim()));
    let Some(topic) = topic.filter(|_| modality == Modality::InScope) else { return };
    if PART.is_match(value) {
        return;
    }
    let mut found = topic.providers.find_iter(value);
    if let (Some(one), None) = (found.next(), found.next()) {
        let name = canonical(one.as_str());
        notes.take(topic.name, place(one.start(), one.end()), modality, name, one.as_str());
    }
}

/// Two spellings, and what is hosted under another name, are one.
fn canonical(name: &str) -> String {
    let lower: String = name.to_lowercase().chars().filter(|it| it.is_alphanumeric()).collect();
    match lower.as_str() {
        "postgresql" | "supabase" | "neon" => "postgres".to_owned(),
        "mariadb" | "planetscale" => "mysql".to_owned(),
        "supabaseauth" => "supabase".to_owned(),
        "firebaseauth" | "firebaseauthentication" => "firebase".to_owned(),
        "authjs" | "nextauthjs" => "nextauth".to_owned(),
        _ => lower,
    }
}

fn join(_: &SpecCx<'_>, notes: &[PlacedNote<'_>], sink: &mut Sink<'_>) {
    let mut first: FxHashMap<&str, &PlacedNote<'_>> = FxHashMap::default();
    for it in notes {
        let before = *first.entry(it.note.kind).or_insert(it);
        if before.note.key == it.note.key {
            continue;
        }
        let (here, there) = (&it.note.value, &before.note.value);
        let edit = FixEdit { document: it.document, span: it.span, text: there.clone() };
        let other = FixEdit { document: before.document, span: before.span, text: here.clone() };
        sink.report(
            it.document,
            it.span,
            format!("`{here}` is chosen for {} here, and `{there}` elsewhere", it.note.kind),
        )
        .related(before.document, before.span, format!("`{there}` is chosen here"))
        .fix(format!("Choose {there} in both places"), vec![edit], false)
        .fix(format!("Choose {here} in both places"), vec![other], false);
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing;
    use expect_test::{Expect, expect};

    fn check(text: &str, expect: Expect) {
        expect.assert_eq(&testing::render(text, &["exclusive-providers"]));
    }

    #[test]
    fn rows_and_lines_with_one_label_are_compared() {
        check(
            "| Layer | Choice |\n|---|---|\n| Database | PostgreSQL 16 |\n\n- Datenbank: MongoDB\n- Database: SQLite in tests\n",
            expect![[r#"
                5: warning[exclusive-providers] "MongoDB" `MongoDB` is chosen for database here, and `PostgreSQL` elsewhere
                  see 3: "PostgreSQL" `PostgreSQL` is chosen here
                  fix: Choose PostgreSQL in both places
                    5 "MongoDB" -> "PostgreSQL"
                  fix: Choose MongoDB in both places
                    3 "PostgreSQL" -> "MongoDB"
            "#]],
        );
    }

    #[test]
    fn two_names_of_one_thing_are_one() {
        check(
            "- Database: Postgres\n- DB: Supabase\n- Payments: Stripe or Paddle\n- Payments: Stripe\n",
            expect![""],
        );
    }
}
