//! Canonical names: English, snake_case, plural; what the spec writes as an identifier is kept.

use super::lexicon;
use crate::read::Language;
use std::borrow::Cow;

/// snake_case of an identifier or title: `OrderItems`, `order-items`, `Order Items`, `order\_items`.
pub(crate) fn snake(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 4);
    let mut before: Option<char> = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\\' {
            continue;
        }
        if !c.is_alphanumeric() {
            if !out.is_empty() && !out.ends_with('_') {
                out.push('_');
            }
        } else {
            let hump = c.is_uppercase()
                && before.is_some_and(|it| {
                    it.is_lowercase()
                        || it.is_ascii_digit()
                        || (it.is_uppercase() && chars.peek().is_some_and(|it| it.is_lowercase()))
                });
            if hump && !out.ends_with('_') {
                out.push('_');
            }
            out.extend(c.to_lowercase());
        }
        before = Some(c);
    }
    out.truncate(out.trim_end_matches('_').len());
    out
}

/// The plural of the last word of a snake_case name or phrase.
pub(crate) fn plural(name: &str) -> String {
    let at = name.rfind(['_', ' ']).map_or(0, |it| it + 1);
    let (head, word) = name.split_at(at);
    if word.is_empty() || !word.is_ascii() {
        return name.to_owned();
    }
    let word: Cow<'_, str> = match word {
        // Kept: no plural in use, or plural already.
        "data" | "media" | "metadata" | "info" | "content" | "staff" | "inventory"
        | "equipment" | "feedback" | "news" | "settings" | "preferences" | "history" | "stock"
        | "analytics" | "config" | "series" | "people" | "children" | "software"
        | "information" => word.into(),
        "analysis" | "analyses" => "analyses".into(),
        "status" | "statuses" => "statuses".into(),
        _ => crate::number::plural(word).into(),
    };
    format!("{head}{word}")
}

/// The singular of the last word of a snake_case name; for comparing only.
pub(crate) fn singular(name: &str) -> String {
    let at = name.rfind('_').map_or(0, |it| it + 1);
    let (head, word) = name.split_at(at);
    let word: Cow<'_, str> = match word {
        "data" | "media" | "status" | "news" | "series" | "settings" => word.into(),
        "statuses" => "status".into(),
        "analyses" | "analysis" => "analysis".into(),
        _ if !word.is_ascii() || word.ends_with("ss") => word.into(),
        _ => crate::number::singular(word).into(),
    };
    head.to_owned() + &word
}

/// The singular of a Spanish or Portuguese plural in `-es`: `sucursal` of `sucursales`, `vez` of `veces`.
pub(crate) fn iberian_singular(name: &str) -> Option<String> {
    let stem = name.strip_suffix("es")?;
    match stem.chars().last()? {
        'c' => Some(stem[..stem.len() - 1].to_owned() + "z"),
        'd' | 'l' | 'n' | 'r' | 'z' => Some(stem.to_owned()),
        _ => None,
    }
}

/// The table that a declared identifier names; plural unless it is written as one already stands
/// in a database (`guild_config`, from SQL or a mapping).
pub(crate) fn of_model(identifier: &str) -> String {
    let name = snake(strip_interface(identifier));
    let name = ["_model", "_entity", "_table", "_schema", "_record", "_document", "_dto"]
        .iter()
        .find_map(|it| name.strip_suffix(it))
        .filter(|it| it.len() > 2)
        .unwrap_or(&name);
    plural(name)
}

/// `User` of `IUser`, as some name the interface of a model.
fn strip_interface(identifier: &str) -> &str {
    let Some(rest) = identifier.strip_prefix('I') else { return identifier };
    let mut letters = rest.chars();
    let is_name = letters.next().is_some_and(|it| it.is_ascii_uppercase())
        && letters.next().is_some_and(|it| it.is_ascii_lowercase());
    if is_name { rest } else { identifier }
}

/// The table that a label of any language names; `None` when nothing is left of it.
///
/// An identifier in the label wins ("用户表 `users`"), then the list of nouns, then the words
/// themselves.
pub(crate) fn of_label(label: &str, language: Language) -> Option<String> {
    const LABEL_CHARS_MAX: usize = 60;
    // More words say something instead of naming something.
    const LABEL_WORDS_MAX: usize = 4;
    let label = match bracket(label.trim()) {
        Some((_, inner)) if is_identifier(inner) => inner,
        Some((outer, _)) if outer.is_ascii() && !outer.is_empty() => outer,
        _ => label.trim(),
    };
    let label = strip_kind(label);
    if label.is_empty()
        || label.chars().count() > LABEL_CHARS_MAX
        || label.split_whitespace().count() > LABEL_WORDS_MAX
        || is_japanese_clause(label)
    {
        return None;
    }
    if label.is_ascii() && language == Language::English {
        if is_clause(label) {
            return None;
        }
        let name = snake(label);
        let is_identifier = label.contains('_') && !label.contains(' ');
        return valid(&name).then(|| if is_identifier { name.clone() } else { of_model(&name) });
    }
    if let Some(identifier) = identifier_in(label) {
        return Some(if identifier.contains('_') {
            snake(identifier)
        } else {
            of_model(identifier)
        });
    }
    // Latin letters in a text of another script are an identifier.
    let other_script = matches!(
        language,
        Language::Russian | Language::Chinese | Language::Japanese | Language::Korean
    );
    if other_script && label.is_ascii() && !label.contains(' ') {
        let name = snake(label);
        return valid(&name)
            .then(|| if label.contains('_') { name.clone() } else { plural(&name) });
    }
    if let Some(noun) = lexicon::noun_of(label, language) {
        // `invites` in a text of another language is an identifier.
        let is_literal = label.bytes().all(|it| it.is_ascii_lowercase() || it == b'_')
            && plural(label) == label
            && lexicon::noun_of(label, Language::English) == Some(noun);
        return Some(if is_literal { label.to_owned() } else { noun.name.to_owned() });
    }
    let name = snake(label);
    // A word of another language has its own plural; a class name is English.
    let is_class = label.is_ascii() && name.contains('_') && !label.contains([' ', '_', '-']);
    valid(&name).then(|| if is_class { plural(&name) } else { name })
}

/// Whether a label heads a part of the text, a notation or a product instead of naming an entity.
pub(super) fn is_part_of_text(label: &str) -> bool {
    const LABELS: &[&str] = &[
        "approach",
        "contains",
        "data structure",
        "includes",
        "linked to",
        "primary db",
        "represents",
        "unique constraint",
        "unique constraints",
        "acceptance criteria",
        "begründung",
        "body",
        "challenge",
        "conclusion",
        "constraints",
        "context",
        "data access layer",
        "data layer",
        "csv",
        "database",
        "example",
        "example document",
        "example snippet",
        "examples",
        "field mapping",
        "field mappings",
        "format",
        "goal",
        "goals",
        "headers",
        "implementation",
        "impact",
        "implementation notes",
        "indexes",
        "json",
        "json schema",
        "key format",
        "limits",
        "mapping",
        "mitigation",
        "overview",
        "übersicht",
        "überblick",
        "aperçu",
        "synthèse",
        "résumé",
        "resumen",
        "resumo",
        "visão geral",
        "обзор",
        "ringkasan",
        "概要",
        "概述",
        "개요",
        "params",
        "parameters",
        "path",
        "payload",
        "problem",
        "purpose",
        "query params",
        "removed",
        "added",
        "changed",
        "deprecated",
        "unchanged",
        "query parameters",
        "rationale",
        "requirements",
        "technical implementation",
        "request",
        "request body",
        "response",
        "responses",
        "scenario",
        "schema",
        "security rules",
        "solution",
        "source",
        "strategy",
        "summary",
        "sync strategy",
        "two-entity model",
        "validation",
        "xml",
        "yaml",
        "platform",
        "plattform",
        "plateforme",
        "plataforma",
        "платформа",
        "justification",
        "justificación",
        "justificativa",
        "обоснование",
        "实现方法",
        "実装方法",
        "구현 방법",
        "api",
        "deve fazer",
        "não deve fazer",
        "must",
        "should",
        "must do",
        "must not do",
        "dynamodb",
        "firebase",
        "firestore",
        "mariadb",
        "mongodb",
        "mysql",
        "neondb",
        "postgres",
        "postgresql",
        "realtime database",
        "redis",
        "rtdb",
        "sqlite",
        "supabase",
        "data integrity",
        "integrity",
        "데이터 무결성",
        "트랜잭션",
        "백업",
        "数据完整性",
        "整合性",
        "バックアップ",
        "トランザクション",
        "backup",
        "transactions handling",
        "performance",
        "sicherheit",
        "datensicherung",
        "sécurité",
        "sauvegarde",
        "respaldo",
        "seguridad",
        "segurança",
        "резервное копирование",
        "безопасность",
    ];
    let lower = strip_number(label).trim().trim_end_matches([':', '：']).to_lowercase();
    const VERBS: &[&str] = &["can ", "may ", "must ", "should ", "has ", "is ", "are ", "belongs "];
    LABELS.contains(&lower.as_str())
        || is_negated(&lower)
        || VERBS.iter().any(|it| lower.starts_with(it))
}

/// "No character ranks": what a label says is not there.
fn is_negated(lower: &str) -> bool {
    const WORDS: &[&str] = &[
        "no ", "not ", "without ", "non-", "kein ", "keine ", "ohne ", "pas de ", "sans ",
        "aucun ", "aucune ", "sin ", "ningún ", "sem ", "nenhum ", "nenhuma ", "без ", "нет ",
        "tanpa ", "tidak ",
    ];
    WORDS.iter().any(|it| lower.starts_with(it))
}

/// Whether a title says that it names a table of the database: "テーブル：`orders`".
pub(super) fn says_table(title: &str) -> bool {
    const WORDS: &[&str] =
        &["table", "tabelle", "tabla", "tabela", "таблица", "tabel", "表", "テーブル", "테이블"];
    let lower = title.to_lowercase();
    let named =
        lower.contains(['`', '_', ':', '：']) || !lower.is_ascii() || lower.split(' ').count() <= 3;
    named
        && WORDS.iter().any(|it| {
            let mut parts = lower.split(|c: char| !c.is_alphanumeric());
            match *it {
                // "表示" shows something, and a list is a "列表".
                "表" => parts.any(|part| part.ends_with("表") && !part.ends_with("列表")),
                it if it.is_ascii() => parts.any(|part| part == it),
                it => lower.contains(it),
            }
        })
}

/// "2.1 Users" without its number.
fn strip_number(label: &str) -> &str {
    label.trim_start_matches(|it: char| it.is_ascii_digit() || " .)".contains(it))
}

/// Whether English words say something instead of naming something.
fn is_clause(label: &str) -> bool {
    let is_verb = |it: &str| {
        ["is", "are", "was", "has", "have", "can", "must", "will", "should", "may"].contains(&it)
    };
    label.split_whitespace().skip(1).any(is_verb)
}

/// Whether a Japanese label ends in a verb: "保存しない", "共有する".
fn is_japanese_clause(label: &str) -> bool {
    ["する", "しない", "した", "される", "できる", "ない"].iter().any(|it| label.ends_with(it))
}

/// Splits `Order items (order_items)`.
fn bracket(label: &str) -> Option<(&str, &str)> {
    let (outer, rest) = label.split_once(['(', '（'])?;
    let (inner, _) = rest.split_once([')', '）'])?;
    Some((outer.trim(), inner.trim().trim_matches('`')))
}

fn is_identifier(text: &str) -> bool {
    text.len() >= 3
        && text.contains('_')
        && text.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_')
}

fn valid(name: &str) -> bool {
    name.len() >= 2 && name.chars().next().is_some_and(char::is_alphabetic)
}

/// An ASCII identifier that stands beside words of another script: "用户表 users", "注文 (orders)".
fn identifier_in(label: &str) -> Option<&str> {
    if label.is_ascii() {
        return None;
    }
    label
        .split(|it: char| !(it.is_ascii_alphanumeric() || it == '_'))
        .filter(|it| it.len() >= 3 && it.bytes().next().is_some_and(|b| b.is_ascii_alphabetic()))
        .filter(|it| {
            let at = it.as_ptr() as usize - label.as_ptr() as usize;
            // "Сущность" is no ASCII word next to "é": the neighbours must not be letters of a
            // Latin word.
            let before = label[..at].chars().next_back();
            let after = label[at + it.len()..].chars().next();
            let latin =
                |it: Option<char>| it.is_some_and(|it| it.is_alphabetic() && (it as u32) < 0x370);
            !latin(before) && !latin(after)
        })
        .find(|it| {
            label.chars().any(|c| c.is_alphabetic() && c as u32 >= 0x370) || it.contains('_')
        })
}

/// Drops words such as "table" and "entity" in ten languages, numbers and decoration.
pub(crate) fn strip_kind(label: &str) -> &str {
    const KINDS: &[&str] = &[
        "data",
        "information",
        "info",
        "details",
        "node structure",
        "structure",
        "entry",
        "table",
        "tables",
        "entity",
        "entities",
        "model",
        "models",
        "collection",
        "schema",
        "object",
        "record",
        "document",
        "resource",
        "class",
        "struct",
        "definition",
        "fields",
        "attributes",
        "columns",
        "tabelle",
        "entität",
        "modell",
        "table de",
        "entité",
        "modèle",
        "tabla",
        "entidad",
        "modelo",
        "colección",
        "tabela",
        "entidade",
        "coleção",
        "таблица",
        "сущность",
        "модель",
        "коллекция",
        "tabel",
        "entitas",
        "koleksi",
        "the",
        "a",
        "an",
        "core",
    ];
    const KINDS_CJK: &[&str] = &[
        "テーブル定義",
        "テーブル設計",
        "テーブル構造",
        "エンティティ定義",
        "表定义",
        "表设计",
        "表结构设计",
        "테이블 정의",
        "테이블 설계",
        "테이블 구조",
        "数据字段",
        "字段",
        "数据",
        "信息",
        "データ",
        "데이터",
        "정보",
        "数据表",
        "信息表",
        "表",
        "实体",
        "模型",
        "テーブル",
        "エンティティ",
        "モデル",
        "테이블",
        "엔티티",
        "엔터티",
        "모델",
        "表结构",
        "情報",
    ];
    let is_edge = |it: char| !it.is_alphanumeric() && it != '(' && it != ')' && it != '_';
    let mut label = label.trim_matches(is_edge);
    label = label.trim_start_matches(|it: char| it.is_ascii_digit() || it == '.' || it == ' ');
    loop {
        let before = label;
        // "Table 1: orders", which the loop has made "1: orders"
        if let Some(rest) = strip_count(label) {
            label = rest.trim_matches(is_edge);
        }
        for kind in KINDS {
            if let Some(rest) = strip_word_suffix(label, kind) {
                label = rest.trim_matches(is_edge);
            }
            if let Some(rest) = strip_word_prefix(label, kind) {
                label = rest.trim_matches(is_edge);
            }
        }
        // "Fahrzeugdaten", "Kundentabelle"
        for kind in ["daten", "tabelle"] {
            let rest = label.strip_suffix(kind).map(|it| it.trim_end_matches('-'));
            if let Some(rest) = rest.filter(|it| it.len() >= 4 && !it.ends_with(' ')) {
                label = rest;
            }
        }
        for kind in KINDS_CJK {
            let rest = label.strip_suffix(kind).or_else(|| label.strip_prefix(kind));
            if let Some(rest) = rest.filter(|it| !it.is_empty()) {
                label = rest.trim_matches(is_edge);
            }
        }
        if label == before {
            return label;
        }
    }
}

/// What follows a number and a colon, dash or bracket.
fn strip_count(label: &str) -> Option<&str> {
    let rest = label.trim_start_matches(|it: char| it.is_ascii_digit());
    let follows = rest.trim_start().strip_prefix([':', '：', '-', '–', '—', '.', ')', '、'])?;
    (rest.len() < label.len() && follows.contains(char::is_alphabetic)).then_some(follows)
}

fn strip_word_suffix<'a>(label: &'a str, word: &str) -> Option<&'a str> {
    let at = label.len().checked_sub(word.len())?;
    let (head, tail) = (label.get(..at)?, label.get(at..)?);
    let apart = head.ends_with([' ', '-', '\t']);
    (apart && tail.to_lowercase() == word).then_some(head)
}

fn strip_word_prefix<'a>(label: &'a str, word: &str) -> Option<&'a str> {
    let (head, tail) = (label.get(..word.len())?, label.get(word.len()..)?);
    let apart = tail.starts_with([' ', ':', '\t']);
    (apart && head.to_lowercase() == word).then_some(tail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(language: Language, label: &str, expect: &str) {
        assert_eq!(of_label(label, language).as_deref(), Some(expect), "{label}");
    }

    #[test]
    fn labels_become_plural_snake_case() {
        check(Language::English, "User", "users");
        check(Language::English, "Order Item", "order_items");
        check(Language::English, "The Users table", "users");
        check(Language::English, "guild_config", "guild_config");
        check(Language::English, "UserVO", "user_vos");
        check(Language::English, "2.1 Categories", "categories");
        check(Language::English, "Table 1: order_items", "order_items");
        check(Language::English, "Entity 12 – Invoice", "invoices");
        check(Language::German, "Tabelle 3: Fahrzeuge", "vehicles");
        check(Language::Chinese, "表2：用户", "users");
    }

    #[test]
    fn an_interface_is_named_like_its_model() {
        assert_eq!(of_model("IUserProfile"), "user_profiles");
        assert_eq!(of_model("IPAddress"), of_model("ip_address"));
        assert_eq!(of_model("Invoice"), "invoices");
    }

    #[test]
    fn a_clause_names_no_table() {
        assert_eq!(of_label("A loan's `status` is one of", Language::English), None);
    }

    #[test]
    fn other_languages_become_english() {
        check(Language::Chinese, "用户表 users", "users");
        check(Language::Chinese, "报修单表", "repair_orders");
        check(Language::German, "Fahrzeuge", "vehicles");
        check(Language::Russian, "Таблица orders", "orders");
        check(Language::Russian, "Заказы", "orders");
        check(Language::Portuguese, "Pacientes", "patients");
        check(Language::Korean, "회원 테이블", "users");
        check(Language::French, "Réservations", "bookings");
    }

    proptest! {
        #[test]
        fn names_never_panic(label in "\\PC{0,40}") {
            let _ = of_label(&label, Language::Chinese);
            let _ = of_label(&label, Language::English);
        }

        #[test]
        fn snake_case_stays_as_it_is(label in "[A-Za-z0-9 _éж-]{0,30}") {
            let name = snake(&label);
            prop_assert_eq!(snake(&name), name);
        }
    }
}
