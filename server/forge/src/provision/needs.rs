//! Entries of `forge.yaml` for what is no table.

use super::edit::{self, Body, Entry};
use super::primitive::{function_name, key_of, secret_names};
use super::tables::Draft;
use super::{Added, Choice, Input, Proposal, Question, Refusal, is_extensible};
use crate::evidence::Mark;
use crate::read::{Declared, read};
use crate::resources::{AccessWord, Bytes};
use model::{Detection, Need, NeedKind};
use spec::cron::{self, Said};
use text::yaml::scalar::written;

/// The whole new text of `forge.yaml`; `None` when nothing is missing in it.
pub(super) fn declare(
    input: &Input<'_>,
    drafts: &[Draft],
    out: &mut Proposal,
) -> Result<Option<String>, Refusal> {
    let old = input.resources.unwrap_or_default();
    let writer =
        Writer { input, drafts, declared: read(old), text: old.to_owned(), written: Vec::new() };
    let mut writer = writer;
    let detection = &input.analysis.detection;
    writer.sign_in(detection, out);
    // Secrets and functions first: the others name them.
    let order = [
        NeedKind::Secret,
        NeedKind::Auth,
        NeedKind::Storage,
        NeedKind::Function,
        NeedKind::Schedule,
        NeedKind::Payments,
        NeedKind::Realtime,
        NeedKind::Vector,
        NeedKind::Gateway,
        NeedKind::Deploy,
    ];
    for kind in order {
        for need in detection.needs_of(kind).filter(|it| it.is_required()) {
            let name = format!("{}/{}", kind.word(), need.name);
            if input.is_wanted(&name, &need.evidence) {
                writer.need(need, name, out)?;
            }
        }
    }
    if writer.text == old {
        return Ok(None);
    }
    let text = if old.trim().is_empty() {
        format!("{}{}", header(), writer.text.trim_start())
    } else {
        writer.text
    };
    // What the author wrote may leave no place for entries: a text where a mapping belongs.
    let n_before = read(old).diagnostics.len();
    let is_worse = !is_extensible(&text) || read(&text).diagnostics.len() > n_before;
    if !is_extensible(old) || is_worse {
        return Err(Refusal::UnreadableResources);
    }
    Ok(Some(text))
}

fn header() -> String {
    format!(
        "# yaml-language-server: $schema={}\n# What the backend has besides tables. Written from the spec by \
         `specwright provision`; it is yours to edit.\nversion: 1\n",
        crate::schema::URL
    )
}

struct Writer<'a, 'i> {
    input: &'i Input<'a>,
    drafts: &'i [Draft],
    declared: Declared,
    text: String,
    /// Paths written by this run.
    written: Vec<Vec<String>>,
}

impl Writer<'_, '_> {
    fn has(&self, path: &[&str]) -> bool {
        self.declared.places.of(path).is_some() || self.written.iter().any(|it| it == path)
    }

    /// Puts an entry below `path`, unless it is there.
    fn put(&mut self, path: &[&str], entry: Entry) -> bool {
        let full: Vec<&str> = path.iter().copied().chain([entry.key.as_str()]).collect();
        if self.has(&full) {
            return false;
        }
        self.written.push(full.iter().map(|it| (*it).to_owned()).collect());
        self.text = edit::applied(&self.text, edit::add_at(&self.text, path, entry));
        true
    }

    fn sign_in(&mut self, detection: &Detection, out: &mut Proposal) {
        let Some(evidence) = &detection.sign_in else { return };
        if !self.input.is_wanted("auth/required", evidence) {
            return;
        }
        let mark = self.input.mark(evidence);
        let comment = mark.as_ref().map(ToString::to_string);
        let entry = Entry { comment, ..Entry::scalar("required", "true") };
        if self.put(&["auth"], entry) {
            out.added.push(Added {
                primitive: "auth/required".to_owned(),
                mark,
                chosen: Vec::new(),
            });
        }
    }

    fn need(&mut self, need: &Need, name: String, out: &mut Proposal) -> Result<(), Refusal> {
        let is_there = key_of(need).iter().all(|path| {
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            self.has(&path)
        });
        if is_there || self.is_there_by_need_name(need) {
            return Ok(());
        }
        let mark = self.input.mark(&need.evidence);
        let mut draft = NeedDraft { need, mark, chosen: Vec::new() };
        let done = match need.kind {
            NeedKind::Secret => self.secrets(&mut draft),
            NeedKind::Auth => {
                Ok(self.put(&["auth", "providers"], draft.entry(&need.name, Vec::new())))
            }
            NeedKind::Storage => Ok(self.bucket(&mut draft)),
            NeedKind::Function => Ok(self.function(&mut draft)),
            NeedKind::Schedule => self.schedule(&mut draft),
            NeedKind::Payments => self.payments(&mut draft),
            NeedKind::Realtime => self.channel(&mut draft),
            NeedKind::Vector => Ok(self.vector(&mut draft)),
            NeedKind::Gateway => self.gateway(&mut draft),
            NeedKind::Deploy => Ok(self.put(&["deploy"], draft.entry(&need.name, Vec::new()))),
        };
        match done {
            Ok(false) => {}
            Ok(true) => {
                out.added.push(Added { primitive: name, mark: draft.mark, chosen: draft.chosen });
            }
            Err(Pending::Question(question)) => out.questions.push(question),
            Err(Pending::Refusal(refusal)) => return Err(refusal),
        }
        Ok(())
    }

    /// Whether the author gave an entry the need's own name: `webhook:stripe`.
    fn is_there_by_need_name(&self, need: &Need) -> bool {
        need.kind != NeedKind::Secret && self.has(&[need.kind.word(), &need.name])
    }

    fn secrets(&mut self, draft: &mut NeedDraft<'_>) -> Result<bool, Pending> {
        let is_named = draft.need.attribute("env").is_some();
        let mut is_new = false;
        for name in secret_names(draft.need) {
            let own = draft.need.evidence.iter().find(|it| {
                let document = self.input.documents.get(it.document.0 as usize);
                document.is_some_and(|document| document.slice(it.span) == name)
            });
            let mark = own
                .and_then(|it| Mark::of(self.input.documents, it))
                .or_else(|| draft.mark.clone());
            // The line may hold its value.
            let mark = mark.map(Mark::unquoted);
            let chosen = (!is_named).then(|| "the usual name, as none is given".to_owned());
            draft.chosen.extend(chosen.iter().map(|it| format!("{name}: {it}")));
            let comment = super::columns::comment(mark.as_ref(), chosen.as_deref());
            let is_put = self.put(&["secrets"], Entry { comment, ..Entry::scalar(&name, "{}") });
            is_new |= is_put;
        }
        Ok(is_new)
    }

    fn bucket(&mut self, draft: &mut NeedDraft<'_>) -> bool {
        let mut entries = Vec::new();
        let visibility = draft.need.attribute("visibility");
        entries.push(match visibility {
            Some(it) => draft.told(Entry::scalar("visibility", it)),
            None => draft.chose(
                "visibility",
                "private",
                "private, as nothing says that others see the files",
            ),
        });
        if let Some(size) = draft.need.attribute("size").and_then(size_of) {
            entries.push(draft.told(Entry::scalar("size", &size)));
        }
        let types = draft.need.attribute("types").map(types_of).unwrap_or_default();
        if !types.is_empty() {
            entries.push(draft.told(Entry::scalar("types", &format!("[{}]", types.join(", ")))));
        }
        let policy = if visibility == Some("public") { "own-or-public" } else { "own-row" };
        let why = "who puts a file there owns it";
        entries.push(draft.chose("policy", policy, why));
        self.put(&["storage"], draft.entry(&draft.need.name, entries))
    }

    fn function(&mut self, draft: &mut NeedDraft<'_>) -> bool {
        let name = function_name(&draft.need.name);
        let mut entries = vec![draft.chose("runtime", "bun", "bun, the default")];
        match draft.need.name.strip_prefix("webhook:") {
            Some(provider) => {
                entries.push(draft.told(Entry::scalar("trigger", "webhook")));
                entries.push(draft.told(Entry::scalar("provider", &written(provider))));
                let route = format!("/webhooks/{}", slug(provider));
                entries.push(draft.chose("route", &route, "by its name"));
                let known = self.known_secrets();
                let prefix = slug(provider).replace('-', "_").to_ascii_uppercase();
                let own = known.iter().find(|it| it.starts_with(&prefix) && it.contains("WEBHOOK"));
                entries.extend(own.map(|it| draft.chose("verify", it, "the secret with its name")));
            }
            None => {
                entries.push(draft.chose("trigger", "http", "http, as nothing else is named"));
                entries.push(draft.chose("route", &format!("/{}", slug(&name)), "by its name"));
                if self.input.analysis.detection.sign_in.is_some() {
                    entries.push(draft.chose("sign_in", "true", "as people sign in"));
                }
            }
        }
        self.put(&["functions"], draft.entry(&name, entries))
    }

    fn known_secrets(&self) -> Vec<String> {
        let written = self.written.iter().filter(|it| it.len() == 2 && it[0] == "secrets");
        let mut out: Vec<String> = written.map(|it| it[1].clone()).collect();
        out.extend(self.declared.resources.secrets.keys().cloned());
        out
    }

    fn schedule(&mut self, draft: &mut NeedDraft<'_>) -> Result<bool, Pending> {
        let need = draft.need;
        let key = format!("schedules/{}.cron", need.name);
        let line = self.line_of(draft);
        let cron = match self.input.answer(&key, "cron") {
            Some(answer) => {
                cron::parse(answer).map_err(|why| {
                    Pending::Refusal(Refusal::Answer { key, value: answer.to_owned(), why })
                })?;
                draft.chose("cron", &written(answer), "as answered")
            }
            None => match need.attribute("cron") {
                Some(it) if cron::parse(it).is_ok() => {
                    draft.told(Entry::scalar("cron", &written(it)))
                }
                _ => match cron_of(need.attribute("every").unwrap_or_default(), &line) {
                    Some((cron, None)) => draft.told(Entry::scalar("cron", &written(&cron))),
                    Some((cron, Some(why))) => draft.chose("cron", &written(&cron), why),
                    None => return Err(Pending::Question(when(need, key))),
                },
            },
        };
        let zone =
            match need.attribute("zone").filter(|it| crate::schedule::zone(Some(it)).is_some()) {
                Some(zone) => draft.told(Entry::scalar("zone", zone)),
                None => match zone_in(&line) {
                    Some(zone) => draft.told(Entry::scalar("zone", &zone)),
                    None => draft.chose("zone", "UTC", "UTC, as no zone is named"),
                },
            };
        let function = slug(&need.name);
        let target =
            draft.chose("target", &format!("functions/{function}"), "a function of its name");
        let entry = draft.entry(&need.name, vec![cron, zone, target]);
        let is_new = self.put(&["schedules"], entry);
        if is_new {
            let runtime = draft.chose("runtime", "bun", "bun, the default");
            let trigger = draft.told(Entry::scalar("trigger", "schedule"));
            self.put(&["functions"], draft.entry(&function, vec![runtime, trigger]));
        }
        Ok(is_new)
    }

    /// The line that asks for it.
    fn line_of(&self, draft: &NeedDraft<'_>) -> String {
        let Some(mark) = &draft.mark else { return String::new() };
        let documents = self.input.documents.iter();
        let mut own = documents
            .filter(|it| it.path.as_ref().map_or("spec", model::RelPath::as_str) == mark.path);
        let line = own
            .next()
            .and_then(|it| it.lines.line_span(mark.line - 1).and_then(|span| it.text.get(span)));
        line.unwrap_or_default().to_owned()
    }

    fn payments(&mut self, draft: &mut NeedDraft<'_>) -> Result<bool, Pending> {
        let name = self.provider(draft, "provider", &["stripe", "paddle", "lemon-squeezy"])?;
        let prefix = slug(&name).replace('-', "_").to_ascii_uppercase();
        let known = self.known_secrets();
        let is_key =
            |it: &&String| it.starts_with(&prefix) && it.contains("KEY") && !it.contains("WEBHOOK");
        let mut entries = vec![draft.chose("mode", "test", "test, until money shall move")];
        entries.extend(
            known
                .iter()
                .find(is_key)
                .map(|it| draft.chose("secret_key", it, "the secret with its name")),
        );
        let webhook = format!("{name}-webhook");
        let is_needed = self
            .input
            .analysis
            .detection
            .needs_of(NeedKind::Function)
            .any(|it| it.is_required() && function_name(&it.name) == webhook);
        if is_needed && self.has(&["functions", &webhook]) {
            entries.push(draft.chose("webhook", &webhook, "the function of its name"));
        }
        Ok(self.put(&["payments"], draft.entry(&name, entries)))
    }

    /// The name, or the question which one it shall be where the spec leaves it open.
    fn provider(
        &self,
        draft: &mut NeedDraft<'_>,
        group: &'static str,
        known: &[&str],
    ) -> Result<String, Pending> {
        if draft.need.name != "unspecified" {
            return Ok(draft.need.name.clone());
        }
        let kind = draft.need.kind.word();
        let key = format!("{kind}/unspecified.{group}");
        if let Some(answer) = self.input.answer(&key, kind) {
            let answer = slug(answer);
            draft.chosen.push(format!("{kind}: as answered: {answer}"));
            return Ok(answer);
        }
        let named = draft.need.attribute("instead_of").unwrap_or_default();
        let named: Vec<&str> = named.split(' ').filter(|it| !it.is_empty()).collect();
        let names = if named.is_empty() { known } else { &named };
        let options =
            names.iter().map(|it| Choice { value: (*it).to_owned(), meaning: String::new() });
        Err(Pending::Question(Question {
            key,
            group: kind,
            text: format!("Which one shall it be for {kind}? The spec leaves it open."),
            options: options.collect(),
        }))
    }

    fn channel(&mut self, draft: &mut NeedDraft<'_>) -> Result<bool, Pending> {
        let name = draft.need.name.clone();
        let words: &[&str] = match name.as_str() {
            "chat" => &["messages", "chat_messages", "chats"],
            "notifications" => &["notifications"],
            "comments" => &["comments"],
            _ => &[],
        };
        let table = [name.replace('-', "_")];
        let candidates = table.iter().map(String::as_str).chain(words.iter().copied());
        let found = candidates.into_iter().find(|it| self.has_table(it)).map(str::to_owned);
        let key = format!("realtime/{name}.access");
        let entry = match (found, self.input.answer(&key, "channel")) {
            (_, Some(answer)) => {
                if AccessWord::parse(answer).is_none() {
                    let why =
                        "say `signed-in`, `own-row`, `public`, `deny` or `role(name)`".to_owned();
                    let value = answer.to_owned();
                    return Err(Pending::Refusal(Refusal::Answer { key, value, why }));
                }
                draft.chose("policy", answer, "as answered")
            }
            (Some(table), None) => draft.chose("table", &table, "who may see a row hears of it"),
            (None, None) if self.input.analysis.detection.sign_in.is_some() => {
                draft.chose("policy", "signed-in", "as people sign in, and no table decides it")
            }
            (None, None) => return Err(Pending::Question(listeners(&name, key))),
        };
        Ok(self.put(&["realtime"], draft.entry(&name, vec![entry])))
    }

    fn has_table(&self, name: &str) -> bool {
        let is_new = self.drafts.iter().any(|it| matches!(it, Draft::New(it) if it.name == name));
        is_new || self.input.schema.table(name).is_some()
    }

    fn vector(&mut self, draft: &mut NeedDraft<'_>) -> bool {
        let mut entries = Vec::new();
        // The engine is a way to keep them; what is searched is a table.
        let tables =
            self.input.analysis.detection.tables.iter().filter(|it| self.has_table(&it.name));
        let found = tables
            .flat_map(|it| it.columns.iter().map(move |column| (it, column)))
            .find_map(|(table, column)| {
                let kind = column.ty.as_deref()?.to_ascii_lowercase();
                let n = kind.strip_prefix("vector(")?.strip_suffix(')')?.parse::<u32>().ok()?;
                Some((table, column, n))
            });
        if let Some((table, column, n)) = found {
            let mark = Mark::of(self.input.documents, &super::access::evidence_of(column));
            let at =
                |entry: Entry| Entry { comment: mark.as_ref().map(ToString::to_string), ..entry };
            entries.push(at(Entry::scalar("table", &written(&table.name))));
            entries.push(at(Entry::scalar("column", &written(&column.name))));
            entries.push(at(Entry::scalar("dimensions", &n.to_string())));
        }
        self.put(&["vector"], draft.entry(&draft.need.name, entries))
    }

    fn gateway(&mut self, draft: &mut NeedDraft<'_>) -> Result<bool, Pending> {
        let name = self.provider(draft, "provider", &["anthropic", "openai", "google"])?;
        let prefix = slug(&name).replace('-', "_").to_ascii_uppercase();
        let known = self.known_secrets();
        let key = known.iter().find(|it| it.starts_with(&prefix) && it.contains("KEY"));
        let entries = key.map(|it| draft.chose("key", it, "the secret with its name"));
        Ok(self.put(&["gateway", "providers"], draft.entry(&name, entries.into_iter().collect())))
    }
}

/// Why an entry is not written yet.
enum Pending {
    Question(Question),
    Refusal(Refusal),
}

struct NeedDraft<'n> {
    need: &'n Need,
    mark: Option<Mark>,
    chosen: Vec<String>,
}

impl NeedDraft<'_> {
    /// A line that the text asks for.
    fn told(&self, entry: Entry) -> Entry {
        let place = self.mark.as_ref().map(|it| it.clone().unquoted().to_string());
        Entry { comment: place, ..entry }
    }

    /// A line that the text leaves open.
    fn chose(&mut self, key: &str, value: &str, why: &str) -> Entry {
        self.chosen.push(format!("{key}: {why}"));
        Entry::scalar(key, value).with(format!("chosen: {why}"))
    }

    fn entry(&self, key: &str, entries: Vec<Entry>) -> Entry {
        let entry = Entry::map(key, entries);
        let comment = self.mark.as_ref().map(ToString::to_string);
        debug_assert!(matches!(entry.body, Body::Map(_) | Body::Scalar(_)));
        Entry { comment, ..entry }
    }
}

/// A name as a part of an address.
fn slug(name: &str) -> String {
    let mut out = String::new();
    for it in name.chars() {
        match it {
            'a'..='z' | '0'..='9' => out.push(it),
            'A'..='Z' => out.push(it.to_ascii_lowercase()),
            _ if out.ends_with('-') || out.is_empty() => {}
            _ => out.push('-'),
        }
    }
    let out = out.trim_end_matches('-').to_owned();
    if out.is_empty() { "unnamed".to_owned() } else { out }
}

/// `10mb` and its like in other languages as the file writes it.
fn size_of(text: &str) -> Option<String> {
    let digits = text.find(|it: char| !it.is_ascii_digit() && !matches!(it, '.' | ','))?;
    let unit = match text[digits..].to_lowercase().as_str() {
        "kb" | "кб" => "KB",
        "mb" | "mo" | "мб" | "兆" => "MB",
        "gb" | "go" | "гб" => "GB",
        _ => return None,
    };
    let size = format!("{}{unit}", text[..digits].replace(',', "."));
    Bytes::parse(&size).map(|_| size)
}

/// Media types of the usual endings.
fn types_of(text: &str) -> Vec<&'static str> {
    let mut out = Vec::new();
    for word in text.split(' ') {
        let kind = match word {
            "jpg" | "jpeg" => "image/jpeg",
            "png" => "image/png",
            "webp" => "image/webp",
            "gif" => "image/gif",
            "svg" => "image/svg+xml",
            "heic" => "image/heic",
            "avif" => "image/avif",
            "mp4" => "video/mp4",
            "mov" => "video/quicktime",
            "webm" => "video/webm",
            "mp3" => "audio/mpeg",
            "wav" => "audio/wav",
            "m4a" => "audio/mp4",
            "ogg" => "audio/ogg",
            "pdf" => "application/pdf",
            "doc" => "application/msword",
            "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "ppt" => "application/vnd.ms-powerpoint",
            "pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            "zip" => "application/zip",
            _ => continue,
        };
        if !out.contains(&kind) {
            out.push(kind);
        }
    }
    out
}

/// A cron for a cadence, with the times that its line names; the second value tells what was chosen.
fn cron_of(every: &str, line: &str) -> Option<(String, Option<&'static str>)> {
    let claims = cron::claims(line);
    let time = claims.iter().find_map(|it| match it.said {
        Said::At(hour, minute) => Some((hour, minute)),
        _ => None,
    });
    let day = claims.iter().find_map(|it| match it.said {
        Said::On(day) => Some(day),
        _ => None,
    });
    let minutes = claims.iter().find_map(|it| match it.said {
        Said::EveryMinutes(n) if (1..60).contains(&n) => Some(n),
        _ => None,
    });
    let hours = claims.iter().find_map(|it| match it.said {
        Said::EveryHours(n) if (1..24).contains(&n) => Some(n),
        _ => None,
    });
    let (hour, minute) = time.unwrap_or((0, 0));
    let no_hour = time.is_none().then_some("midnight, as no hour is named");
    Some(match every {
        "minutely" => ("* * * * *".to_owned(), None),
        "interval" if minutes.is_some() => (format!("*/{} * * * *", minutes?), None),
        "interval" if hours.is_some() => (format!("0 */{} * * *", hours?), None),
        "hourly" => ("0 * * * *".to_owned(), Some("at the full hour")),
        "daily" => (format!("{minute} {hour} * * *"), no_hour),
        "weekly" => match day {
            Some(day) => (format!("{minute} {hour} * * {day}"), no_hour),
            None => (format!("{minute} {hour} * * 1"), Some("Monday, as no day is named")),
        },
        "monthly" => (format!("{minute} {hour} 1 * *"), Some("the first, as no day is named")),
        "yearly" => {
            (format!("{minute} {hour} 1 1 *"), Some("the first of January, as no day is named"))
        }
        _ => return None,
    })
}

/// The time zone that a line names by its city.
fn zone_in(line: &str) -> Option<String> {
    let is_zone = |it: char| it.is_ascii_alphabetic() || matches!(it, '/' | '_');
    let words = line.split(|it| !is_zone(it));
    let mut zones = words.filter(|it| it.contains('/') || *it == "UTC");
    zones.find(|it| crate::schedule::zone(Some(it)).is_some()).map(str::to_owned)
}

fn when(need: &Need, key: String) -> Question {
    let choice = |value: &str, meaning: &str| Choice {
        value: value.to_owned(),
        meaning: meaning.to_owned(),
    };
    Question {
        key,
        group: "cron",
        text: format!("When does `{}` run? The spec does not say.", need.name),
        options: vec![
            choice("0 * * * *", "every hour"),
            choice("0 3 * * *", "every day at 03:00"),
            choice("0 6 * * 1", "every Monday at 06:00"),
        ],
    }
}

fn listeners(name: &str, key: String) -> Question {
    let choice = |value: &str, meaning: &str| Choice {
        value: value.to_owned(),
        meaning: meaning.to_owned(),
    };
    Question {
        key,
        group: "channel",
        text: format!("Who may listen to `{name}`? The spec does not say."),
        options: vec![
            choice("signed-in", "everyone who is signed in"),
            choice("public", "everyone"),
            choice("deny", "only the service, until you say more"),
        ],
    }
}
