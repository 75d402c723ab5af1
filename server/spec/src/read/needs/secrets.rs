//! Secrets: environment variables by name, and services that are called with a key.

use super::vendors::{Trade, VENDORS, Vendor};
use super::view::{Seen, View};
use super::words::Topic;
use crate::facts::{Fact, NeedFact, Sighting};
use crate::pattern::compile_code;
use crate::read::ChunkCx;
use model::{Confidence, Modality, NeedKind, Span};
use regex::Regex;
use std::sync::LazyLock;
use text::markdown::BlockKind;

static VARIABLE: LazyLock<Regex> =
    LazyLock::new(|| compile_code(r"\b[A-Z][A-Z0-9]+(?:\\?_[A-Z0-9]+)+\b"));

/// Prefixes that bundlers copy into the client.
const EXPOSED: &[&str] =
    &["NEXT_PUBLIC_", "VITE_", "EXPO_PUBLIC_", "REACT_APP_", "NUXT_PUBLIC_", "GATSBY_", "PUBLIC_"];

/// Ends that say what a variable holds; the second list counts only in a list of variables.
const HOLDS_SECRET: &[&str] = &[
    "KEY",
    "SECRET",
    "TOKEN",
    "PASSWORD",
    "PASS",
    "DSN",
    "SID",
    "CREDENTIALS",
    "KEYS",
    "TOKENS",
    "SECRETS",
    "SALT",
];
const HOLDS_SETTING: &[&str] =
    &["URL", "URI", "ID", "HOST", "USER", "USERNAME", "EMAIL", "BUCKET", "ENDPOINT"];
/// What is nobody's secret, by its first word.
const SETTINGS: &[&str] = &[
    "APP", "BASE", "SITE", "API", "NODE", "LOG", "FRONTEND", "BACKEND", "CLIENT", "SERVER",
    "PUBLIC", "HTTP", "HTTPS", "CORS", "DEBUG", "USER", "WEB", "CACHE", "CALLBACK", "REDIRECT",
    "UPLOAD", "STORAGE", "MEDIA", "ASSETS", "CDN", "WS", "SOCKET", "NEXT",
];

/// Services by name, each a key.
pub(super) fn read(view: &View<'_>, out: &mut Vec<Fact>) {
    database(view, out);
    const KEYED: &[(Trade, u8)] = &[
        (Trade::Pay, 80),
        (Trade::Models, 72),
        (Trade::Mail, 72),
        (Trade::Sms, 75),
        (Trade::Push, 50),
        (Trade::Channel, 55),
        (Trade::Vectors, 55),
        (Trade::Files, 50),
        (Trade::Identity, 65),
        (Trade::Data, 65),
        (Trade::Bot, 66),
    ];
    for (trade, percent) in KEYED {
        for seen in view.vendors(*trade) {
            if seen.vendor.env.is_empty() {
                continue;
            }
            let percent = sure(view, &seen, *trade, *percent);
            let fact = view.need_of(
                NeedKind::Secret,
                seen.vendor.env,
                &seen.range,
                percent,
                Vec::new(),
                seen.either,
            );
            out.push(fact);
        }
    }
}

/// A database is reached by an address that holds a password.
fn database(view: &View<'_>, out: &mut Vec<Fact>) {
    const WORDS: &[&str] =
        &["database url", "db url", "database connection string", "database credentials"];
    for word in WORDS {
        for (at, _) in view.text().match_indices(word) {
            if view.sentence(at).has(Topic::Secret) {
                let range = at..at + word.len();
                out.push(view.need(NeedKind::Secret, "DATABASE", &range, 70));
            }
        }
    }
}

fn sure(view: &View<'_>, seen: &Seen, trade: Trade, percent: u8) -> u8 {
    let sentence = view.sentence(seen.range.start);
    let keyed = sentence.has(Topic::Secret);
    let tools = view.topics.has(Topic::DevTool);
    let about = match trade {
        Trade::Pay => &[Topic::Pay, Topic::Money, Topic::Webhook][..],
        Trade::Models => &[Topic::Model, Topic::Ai, Topic::Integration, Topic::Embedding],
        Trade::Mail => &[Topic::Mail, Topic::MailOut, Topic::Send, Topic::Notify],
        Trade::Data => &[Topic::Integration],
        _ => &[Topic::Integration, Topic::Server],
    };
    let in_context = sentence.any(about) || view.context.any(about);
    match () {
        () if tools => percent.min(35),
        () if keyed => percent.max(75),
        () if trade == Trade::Data && !in_context => percent.min(50),
        () if seen.vendor.vague && !in_context => percent.min(40),
        () if seen.vendor.vague && matches!(trade, Trade::Pay | Trade::Mail) => percent.min(66),
        () if seen.vendor.vague => percent.min(58),
        () => percent,
    }
}

/// Variables by name, in prose and in code.
pub(super) fn read_code(cx: &ChunkCx<'_>, out: &mut Vec<Fact>) {
    for (block, scoped) in cx.blocks() {
        if matches!(block.kind, BlockKind::Comment | BlockKind::Break) {
            continue;
        }
        let source = cx.chunk.slice(block.text);
        let is_list = is_variable_list(&block.kind, source, scoped.scope.title());
        for found in VARIABLE.find_iter(source) {
            let written = found.as_str().replace('\\', "");
            let Some((name, percent)) = named(&written, is_list) else { continue };
            let attributes = vec![("env", written)];
            out.push(Fact::Need(NeedFact {
                kind: NeedKind::Secret,
                name,
                attributes,
                either: None,
                sighting: Sighting {
                    span: Span::new(found.start(), found.end()).shift(block.text.range().start),
                    reader: "environment-variable",
                    confidence: Confidence::percent(percent),
                    modality: reserved(scoped.scope.modality()),
                },
            }));
        }
    }
}

/// A variable that is written out is meant, whatever its section is called, unless it is denied.
fn reserved(modality: Modality) -> Modality {
    if modality == Modality::Example { Modality::InScope } else { modality }
}

fn is_variable_list(kind: &BlockKind, source: &str, title: &str) -> bool {
    let title = title.to_lowercase();
    let titled = [
        "env",
        "umgebung",
        "config",
        "secret",
        "variable",
        "переменн",
        "环境变量",
        "環境変数",
        "환경",
    ]
    .iter()
    .any(|it| title.contains(it));
    let coded = match kind {
        BlockKind::Fence { lang } => {
            matches!(
                lang.as_str(),
                "env" | "dotenv" | "bash" | "sh" | "shell" | "ini" | "yaml" | "yml"
            ) || source.lines().any(is_assignment)
        }
        _ => false,
    };
    let said = [
        "environment variable",
        "env var",
        "umgebungsvariable",
        "d'environnement",
        "variables de entorno",
        "variable de entorno",
        "variáveis de ambiente",
        "переменн",
        "variabel lingkungan",
        "环境变量",
        "環境変数",
        "환경 변수",
        "환경변수",
    ];
    let source = source.to_lowercase();
    titled || coded || said.iter().any(|it| source.contains(it))
}

fn is_assignment(line: &str) -> bool {
    let Some((name, _)) = line.trim_start().split_once('=') else { return false };
    !name.is_empty()
        && name.bytes().all(|it| it.is_ascii_uppercase() || it.is_ascii_digit() || it == b'_')
}

/// The canonical name of a variable and how surely it is a secret; `None` when it is none.
fn named(written: &str, is_list: bool) -> Option<(String, u8)> {
    let bare = EXPOSED.iter().find_map(|it| written.strip_prefix(it)).unwrap_or(written);
    let last = bare.rsplit('_').next()?;
    let secret = HOLDS_SECRET.contains(&last);
    let setting = HOLDS_SETTING.contains(&last);
    let vendor = vendor(bare);
    let listed = is_list && matches!(last, "URL" | "URI" | "EMAIL" | "BUCKET" | "ENDPOINT");
    if !secret && !(setting && (listed || vendor.is_some())) {
        return None;
    }
    if let Some(vendor) = vendor {
        return Some((vendor.env.to_owned(), if secret { 92 } else { 72 }));
    }
    let first = bare.split('_').next()?;
    // `INVALID_TOKEN` is what went wrong.
    if ["INVALID", "EXPIRED", "MISSING", "ERR", "ERROR", "REVOKED"].contains(&first) {
        return None;
    }
    if setting && SETTINGS.contains(&first) {
        return None;
    }
    let percent = match (secret, bare) {
        // Anybody's key, as examples of calls write it.
        (_, "API_KEY" | "ACCESS_TOKEN" | "AUTH_TOKEN") => 45,
        (true, _) => 88,
        (false, _) => 65,
    };
    Some((shortened(bare).to_owned(), percent))
}

fn vendor(bare: &str) -> Option<&'static Vendor> {
    VENDORS
        .iter()
        .filter(|it| !it.env.is_empty())
        .find(|it| bare.strip_prefix(it.env).is_some_and(|rest| rest.starts_with('_')))
}

/// The variable without the words that only say that it is a secret.
fn shortened(bare: &str) -> &str {
    let mut name = bare;
    for end in [
        "_KEY",
        "_SECRET",
        "_TOKEN",
        "_PASSWORD",
        "_PASS",
        "_URL",
        "_URI",
        "_API",
        "_ACCESS",
        "_DSN",
        "_BASE",
        "_REFRESH",
        "_PRIVATE",
        "_PUBLIC",
        "_SIGNING",
        "_CLIENT",
    ] {
        name = name.strip_suffix(end).unwrap_or(name);
    }
    name
}
