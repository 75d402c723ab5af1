//! Services that no gazetteer knows, from how the text speaks of them: "the Acme API", "API keys
//! for Acme".
//!
//! A name is a word written large that is neither common in specs nor the product's own.

use super::words::{WORDS, Word};
use crate::facts::{Fact, NeedFact, Sighting};
use crate::pattern::compile;
use crate::read::ChunkCx;
use crate::read::fold::Folded;
use crate::scope::{Role, Scope};
use model::{Confidence, NeedKind, Span};
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;
use text::markdown::BlockKind;

/// An interface that is named once may need no key; one that is named twice is built upon.
const HINT: u8 = 50;

/// "API keys for Acme and Other Thing"; the names are the second group.
static KEYS_FOR: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"((?i:api[ -]?keys?|api tokens?|access tokens?|clés? api|claves? (?:de )?api|chaves? (?:de |da )?api|api-schlüssel|",
        r"api-ключ[а-я]*|ключ[а-я]* api|kunci api|credentials)",
        r"[ ](?i:for|from|of|de|du|da|do|für|von|pour|para|для|untuk|dari)[ ](?i:the |la |le |el )?)",
        r"([A-Z][A-Za-z0-9.]{2,}(?:(?:,|,? and| y| et| und| e| и| dan)[ ][A-Z][A-Za-z0-9.]{2,})*)",
    ))
});

/// "Acme API", "the Acme Thing API key"; the name is the first group.
static NAMED_API: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"\b([A-Z][A-Za-z0-9.]*[a-z0-9](?:[ ][A-Z][A-Za-z0-9.]*[a-z0-9])?|[A-Z]{3,8})[*`]{0,3}[ ](?:API|APIs|SDK)\b",
        r"([ -](?i:keys?|tokens?|schlüssel))?",
    ))
});

/// "API Acme", as Romance languages and Indonesian have it.
static API_NAMED: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"\b[Aa]?API (?:de |da |do |du |dari |de la )?([A-Z][A-Za-z0-9.]*[a-z0-9](?: [A-Z][a-z0-9]{2,})?)\b",
    )
});

/// "Acme webhook", "webhooks from Acme".
static NAMED_HOOK: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"\b([A-Z][A-Za-z0-9]*[a-z0-9](?:\.[a-z]{2,3})?)(?:'s)? (?:webhooks?|Webhooks?)\b",
        r"|\b(?i:webhooks?) (?i:from|by|sent by|of|von|de|du|da|от|dari) ([A-Z][A-Za-z0-9]*[a-z0-9](?:\.[a-z]{2,3})?)\b",
    ))
});

pub(super) fn read(cx: &ChunkCx<'_>, out: &mut Vec<Fact>) {
    for (block, scoped) in cx.blocks() {
        let told = matches!(
            block.kind,
            BlockKind::Paragraph | BlockKind::Item { .. } | BlockKind::Table { .. }
        );
        let aside = matches!(
            scoped.scope.role(),
            Role::Personas
                | Role::Competitors
                | Role::Metrics
                | Role::OpenQuestions
                | Role::Glossary
        );
        let source = cx.chunk.slice(block.text);
        if !told || aside || !(source.contains("API") || source.contains("SDK") || mentions(source))
        {
            continue;
        }
        let place = Place { source, start: block.text.range().start, scope: &scoped.scope };
        place.keys(out);
        place.apis(out);
        place.hooks(out);
    }
}

fn mentions(source: &str) -> bool {
    ["webhook", "Webhook", "api", "credentials"].iter().any(|it| source.contains(it))
}

struct Place<'a> {
    source: &'a str,
    start: usize,
    scope: &'a Scope,
}

impl Place<'_> {
    fn keys(&self, out: &mut Vec<Fact>) {
        static NAME: LazyLock<Regex> = LazyLock::new(|| compile(r"[A-Z][A-Za-z0-9.]{2,}"));
        for found in KEYS_FOR.captures_iter(self.source).filter_map(|it| it.get(2)) {
            for name in NAME.find_iter(found.as_str()) {
                let range = found.start() + name.start()..found.start() + name.end();
                self.secret(range, 75, out);
            }
        }
    }

    fn apis(&self, out: &mut Vec<Fact>) {
        for found in NAMED_API.captures_iter(self.source) {
            let Some(name) = found.get(1) else { continue };
            let keyed = found.get(2).is_some() && !opens_sentence(self.source, name.start());
            self.secret(name.range(), if keyed { 75 } else { HINT }, out);
        }
        for found in API_NAMED.captures_iter(self.source).filter_map(|it| it.get(1)) {
            self.secret(found.range(), HINT, out);
        }
    }

    fn hooks(&self, out: &mut Vec<Fact>) {
        for found in NAMED_HOOK.captures_iter(self.source) {
            let Some(name) = found.get(1).or_else(|| found.get(2)) else { continue };
            if !self.is_service(name.as_str()) || opens_sentence(self.source, name.start()) {
                continue;
            }
            let name = (name.range(), name.as_str().replace('.', "-").to_ascii_lowercase());
            out.push(self.need(NeedKind::Function, format!("webhook:{}", name.1), name.0, 64));
        }
    }

    fn secret(&self, range: Range<usize>, percent: u8, out: &mut Vec<Fact>) {
        let name = &self.source[range.clone()];
        let whole = !self.source[..range.start].ends_with(['-', '/', '_', '.']);
        if whole && self.is_service(name) && !self.is_free(range.start) {
            let name = name.split('.').next().unwrap_or(name).replace(' ', "_").to_uppercase();
            out.push(self.need(NeedKind::Secret, name, range, percent));
        }
    }

    fn is_service(&self, name: &str) -> bool {
        let folded = Folded::new(name).text;
        const TITLE_BYTES_MAX: usize = 120;
        let title = self.scope.sections().first().filter(|it| it.title.len() <= TITLE_BYTES_MAX);
        let title = title.map(|it| Folded::new(&it.title).text);
        let words = || folded.split([' ', '.']);
        words().all(|it| !COMMON.contains(&it))
            && title.is_none_or(|title| !words().any(|it| title.contains(it)))
            && WORDS
                .find(&folded)
                .iter()
                .all(|it| it.range.len() < folded.len() && !matches!(it.meaning, Word::Vendor(_)))
    }

    /// "The public Acme API needs no key".
    fn is_free(&self, at: usize) -> bool {
        const FREE: &[&str] = &[
            "no api key",
            "no key",
            "without api key",
            "without an api key",
            "keyless",
            "public api",
            "free api",
            "open data",
            "open api",
            "no auth",
            "unauthenticated",
            "kostenlose",
            "gratuit",
            "sans clé",
            "sin clave",
            "sem chave",
            "без ключа",
            "无需密钥",
            "キー不要",
            "키 없이",
        ];
        const AROUND_BYTES: usize = 120;
        let from = self.source.floor_char_boundary(at.saturating_sub(AROUND_BYTES));
        let to = self.source.ceil_char_boundary((at + AROUND_BYTES).min(self.source.len()));
        let before = self.source[from..at].rsplit('\n').next().unwrap_or_default();
        let after = self.source[at..to].split('\n').next().unwrap_or_default();
        let around = format!("{before}{after}").to_lowercase();
        FREE.iter().any(|it| around.contains(it))
    }

    fn need(&self, kind: NeedKind, name: String, range: Range<usize>, percent: u8) -> Fact {
        Fact::Need(NeedFact {
            kind,
            name,
            attributes: Vec::new(),
            either: None,
            sighting: Sighting {
                span: Span::new(range.start, range.end).shift(self.start),
                reader: "named-service",
                confidence: Confidence::percent(percent),
                modality: self.scope.modality(),
            },
        })
    }
}

/// Whether a word is large because its sentence begins with it.
fn opens_sentence(source: &str, at: usize) -> bool {
    let before = source[..at].trim_end_matches([' ', '*', '_', '`', '"']);
    before.is_empty() || before.ends_with(['.', '!', '?', ':', '|', '\n', '-', ')'])
}

/// What stands before "API" in specs and is no service: platforms, languages, parts of a product.
#[rustfmt::skip]
const COMMON: &[&str] = &[
    "rest", "restful", "graphql", "grpc", "soap", "http", "https", "json", "xml", "odata", "crud", "rpc", "trpc", "oauth", "jwt", "openapi", "swagger",
    "web", "browser", "canvas", "fetch", "audio", "speech", "notification", "notifications", "push", "geolocation", "file", "files", "storage", "cache",
    "clipboard", "history", "intersection", "observer", "dom", "media", "mediarecorder", "webrtc", "websocket", "websockets", "webauthn", "webgl", "webgpu",
    "node", "node.js", "js", "next", "nuxt", "express", "react", "native", "vue", "angular", "svelte", "rails", "django", "flask", "fastapi", "spring", "laravel",
    "go", "rust", "python", "java", "kotlin", "swift", "typescript", "javascript", "php", "ruby", "net", "asp", "android", "ios", "flutter", "expo",
    "electron", "tauri", "unity", "chrome", "firefox", "safari", "windows", "win32", "macos", "linux", "docker", "kubernetes", "hono", "nest", "nestjs", "axum",
    "public", "private", "internal", "external", "admin", "administrator", "user", "users", "backend", "frontend", "client", "server", "gateway", "management",
    "core", "base", "main", "data", "database", "search", "auth", "authentication", "authorization", "login", "order", "orders", "product", "products",
    "payment", "payments", "booking", "bookings", "report", "reports", "reporting", "upload", "uploads", "design", "response", "request", "error", "errors", "layer",
    "endpoint", "endpoints", "route", "routes", "key", "keys", "token", "tokens", "version", "versioning", "rate", "limit", "test", "tests", "testing", "mock", "contract",
    "contracts", "documentation", "docs", "reference", "specification", "spec", "integration", "integrations", "third", "party", "custom", "complete", "update",
    "create", "get", "post", "put", "delete", "patch", "list", "read", "write", "the", "this", "that", "each", "all", "no", "any", "our", "your", "when", "then", "if", "use",
    "using", "via", "call", "calls", "implement", "access", "provide", "check", "requires", "require", "reuse", "generate", "summary", "summarization", "feedback",
    "analytics", "dashboard", "project", "projects", "service", "services", "system", "platform", "app", "application", "mobile", "desktop", "module",
    "content", "comments", "comment", "posts", "message", "messages", "messaging", "chat", "event", "events", "calendar", "task", "tasks", "team", "account", "accounts",
    "billing", "subscription", "subscriptions", "invoice", "invoices", "webhook", "webhooks", "inbound", "outbound", "incoming", "outgoing", "secure", "signed",
    "generic", "common", "shared", "local", "remote", "cloud", "partner", "partners", "vendor", "provider", "customer", "customers", "company", "official", "legacy", "new",
    "old", "current", "existing", "main", "basic", "advanced", "simple", "unified", "single", "batch", "bulk", "async", "sync", "realtime", "real-time", "streaming", "stream",
    "llm", "ai", "ml", "model", "models", "agent", "agents", "tool", "tools", "bot", "plugin", "plugins", "extension", "metadata", "meta-data", "config", "configuration", "settings",
    "health", "status", "monitoring", "logging", "log", "logs", "audit", "export", "import", "download", "pagination", "validation", "security", "performance",
    "geo", "geocoding", "map", "maps", "location", "weather", "news", "currency", "exchange", "translation", "sms", "email", "mail", "ip", "image", "images", "video", "videos",
    "vision", "voice", "ocr", "pdf", "csv", "blockchain", "wallet", "crypto", "market", "trading", "bank", "banking", "government", "open", "free", "paid",
    "java", "kafka", "redis", "postgres", "postgresql", "mysql", "mongodb", "sqlite", "prisma", "drizzle", "hibernate", "jpa", "servlet", "stripe-like", "powershell", "accessibility",
    "animated", "layout", "context", "composition", "options", "hooks", "store", "query", "router", "template", "theme", "style", "history", "form", "forms", "animation", "popover",
    "vs", "code", "excel", "office", "word", "power", "cmake", "git", "editor", "terminal", "kernel", "hardware", "camera", "bluetooth", "nfc", "sensor", "sensors", "gamepad", "usb", "serial", "midi",
    "der", "die", "das", "eine", "einer", "le", "la", "les", "une", "un", "el", "los", "las", "una", "o", "a", "os", "as", "uma", "key", "clave", "chave", "clé", "gratuita", "pública", "publique", "externa", "interna", "propia", "own",
    "drive", "handle", "reply", "general", "hashed", "encrypted", "hidden", "rotated", "valid", "invalid", "expired", "personal", "developer", "sandbox", "production", "staging", "whisper", "adresse", "dokumentation", "schnittstelle", "kontrak", "serve", "must", "should", "shall", "will", "may", "can", "with", "without", "for", "from", "and", "or", "not", "yes", "as", "in", "on", "to", "of", "by",
];
