//! What runs on its own: at a time, every so often, or when something is due.

mod words;

use super::view::View;
use super::words::{Topic, Word};
use crate::facts::{Fact, NeedFact, Sighting};
use crate::pattern::compile;
use crate::read::ChunkCx;
use crate::read::lexicon::is_unspaced;
use crate::scope::Role;
use model::{Confidence, NeedKind, Span};
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;
use text::markdown::BlockKind;

/// "every 5 minutes" in ten languages; the number and its unit are groups.
static INTERVAL: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"(?:(?:every|each|alle|toutes les|tous les|cada|a cada|каждые|раз в|setiap|tiap)\s+",
        r"(?:\d+(?:[-–]\d+)?|few|two|three|five|six|ten|fifteen|thirty)\s?",
        r"(?:s|sec|seconds?|min|mins|minutes?|h|hours?|days?|sekunden|minuten|stunden|tage|",
        r"secondes|heures|jours|segundos?|minutos?|horas?|días?|dias?|секунд\w*|минут\w*|час\w*|",
        r"дн\w*|detik|menit|jam|hari)\b)",
        r"|每(?:隔)?\s?\d+\s?(?:秒|分钟|小时|天)|\d+\s?(?:秒|分|時間|日)(?:ごと|毎|おき)",
        r"|\d+\s?(?:초|분|시간|일)\s?(?:마다|간격)",
    ))
});

static CRON: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?:^|[\s`'\x22(|])((?:\*|\*/\d+|\d+(?:[-,]\d+)*)(?:\s+(?:\*|\*/\d+|\d+(?:[-,/]\d+)*|[A-Za-z]{3}(?:[-,][A-Za-z]{3})*)){4})(?:$|[\s`'\x22)|])",
    )
});

static ZONE: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:utc(?:[+-]\d{1,2})?|gmt(?:[+-]\d{1,2})?|[ecmp][sd]?t|cet|cest|jst|kst|msk|wib|mez|brt|(?:europe|america|asia|africa|australia|pacific)/[a-z_]+)\b",
    )
});

pub(super) fn read(view: &View<'_>, out: &mut Vec<Fact>) {
    if view.is_heading()
        || matches!(view.scope.role(), Role::Metrics | Role::Personas | Role::Testing)
    {
        return;
    }
    let mut cadences = Cadences::default();
    let text = view.text();
    for found in INTERVAL.find_iter(text) {
        let sentence = view.passage.prose.sentence(found.start());
        let known = view.hits_in(&sentence).any(|it| {
            matches!(it.meaning, Word::Every(_))
                && it.range.start < found.end()
                && found.start() < it.range.end
        });
        if known || !cadences.take(sentence.start) {
            continue;
        }
        every(view, found.range(), "interval", out);
    }
    for hit in &view.hits {
        match hit.meaning {
            Word::Every(often)
                if cadences.take(view.passage.prose.sentence(hit.range.start).start) =>
            {
                every(view, hit.range.clone(), often, out);
            }
            Word::Topic(Topic::Job) => unsaid(view, &hit.range, out),
            Word::Topic(Topic::Remind) => reminder(view, &hit.range, out),
            Word::Topic(Topic::Timed) => {
                let attributes = vec![("every", "unspecified".to_owned())];
                let fact = view.need_of(
                    NeedKind::Schedule,
                    "publish-scheduled",
                    &hit.range,
                    55,
                    attributes,
                    None,
                );
                out.push(fact);
            }
            _ => {}
        }
    }
}

/// How many cadences of a sentence were read: each costs a look at all of it.
#[derive(Default)]
struct Cadences {
    sentence: usize,
    read: usize,
}

impl Cadences {
    /// Whether one more is read of the sentence that starts at `start`.
    fn take(&mut self, start: usize) -> bool {
        const MAX: usize = 6;
        if self.sentence != start {
            *self = Self { sentence: start, read: 0 };
        }
        self.read += 1;
        self.read <= MAX
    }
}

/// Reads cron expressions as they are written: prose has lost its asterisks.
pub(super) fn read_code(cx: &ChunkCx<'_>, out: &mut Vec<Fact>) {
    for (block, scoped) in cx.blocks() {
        let source = cx.chunk.slice(block.text);
        let silent = matches!(block.kind, BlockKind::Comment | BlockKind::Break);
        if silent || !source.contains('*') {
            continue;
        }
        let is_code = matches!(block.kind, BlockKind::Fence { .. });
        if is_code && !(source.contains("cron") || source.contains("schedule")) {
            continue;
        }
        for found in CRON.captures_iter(source).filter_map(|it| it.get(1)) {
            let cron = found.as_str().to_owned();
            let often = cron_every(&cron);
            let mut attributes = vec![("every", often.to_owned()), ("cron", cron)];
            let from = source.floor_char_boundary(found.start().saturating_sub(80));
            let to = source.ceil_char_boundary((found.end() + 80).min(source.len()));
            let zone = ZONE.find(&source[from..to]);
            attributes.extend(zone.map(|it| ("zone", it.as_str().to_owned())));
            out.push(Fact::Need(NeedFact {
                kind: NeedKind::Schedule,
                name: format!("{often}-job"),
                attributes,
                either: None,
                sighting: Sighting {
                    span: Span::new(found.start(), found.end()).shift(block.text.range().start),
                    reader: "cron-expression",
                    confidence: Confidence::percent(if is_code { 80 } else { 90 }),
                    modality: scoped.scope.modality(),
                },
            }));
        }
    }
}

/// How often a cron expression fires, as the closed list says it.
fn cron_every(cron: &str) -> &'static str {
    let fields: Vec<&str> = cron.split_whitespace().collect();
    let &[minute, hour, day, _, weekday] = fields.as_slice() else { return "cron" };
    let fixed = |it: &str| it.bytes().all(|it| it.is_ascii_digit());
    match () {
        () if minute == "*" && hour == "*" => "minutely",
        () if minute.starts_with("*/") => "interval",
        () if fixed(minute) && hour == "*" => "hourly",
        () if hour.starts_with("*/") => "interval",
        () if day == "*" && weekday == "*" && fixed(hour) => "daily",
        () if day == "*" && weekday != "*" => "weekly",
        () if fixed(day) && weekday == "*" => "monthly",
        () => "cron",
    }
}

/// A cadence counts beside a job, or beside something that is usually done on a schedule.
fn every(view: &View<'_>, range: Range<usize>, often: &'static str, out: &mut Vec<Fact>) {
    let clause = view.clause(range.start);
    let job = clause.has(Topic::Job) || view.context.has(Topic::Job) || is_job(view, &range);
    let near = view.near(&range, &[Topic::Recurring, Topic::Remind, Topic::MailOut], 40);
    // "Weekly on Sunday at midnight" is one cadence.
    if often == "weekday" || words::WHEN.contains(&&view.text()[range.clone()]) {
        let sentence = view.passage.prose.sentence(range.start);
        let said = view.hits_in(&sentence).any(|it| {
            it.range != range && matches!(it.meaning, Word::Every(it) if it != "weekday")
        });
        if said || often == "weekday" && !(job || clause.has(Topic::Automatic)) {
            return;
        }
    }
    if is_of_amount(view, &range) {
        return;
    }
    let often = if often == "weekday" { "weekly" } else { often };
    let acts = clause.any(&[Topic::Automatic, Topic::Send, Topic::MailOut, Topic::Notify]);
    let client = clause.has(Topic::Local) && !job;
    let percent = match () {
        () if client => 35,
        () if job && near => 85,
        () if job => 72,
        () if near && acts => 72,
        () if is_upkeep(view, &range) => 66,
        () => by_itself(view, &range).unwrap_or(if near || acts { 50 } else { 0 }),
    };
    if percent == 0 {
        return;
    }
    let mut attributes = vec![("every", often.to_owned())];
    attributes.extend(zone(view, range.start));
    let name = name(view, &range, often);
    out.push(view.need_of(NeedKind::Schedule, &name, &range, percent, attributes, None));
}

/// Whether the cadence only says of which span an amount is: "monthly income", "promedio semanal".
fn is_of_amount(view: &View<'_>, range: &Range<usize>) -> bool {
    let text = view.text();
    let word = |it: &str| it.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    let next = word(text[range.end..].split_whitespace().next().unwrap_or_default());
    let before = word(text[..range.start].split_whitespace().next_back().unwrap_or_default());
    let starts = |it: &str| words::AMOUNTS.iter().any(|amount| it.starts_with(amount));
    let attached = text[range.end..].starts_with(' ');
    attached && starts(&next) || words::AMOUNTS_BEFORE.iter().any(|it| before.starts_with(it))
}

/// How surely a cadence is that of something done by itself: "prices are refreshed hourly". What
/// people do every day is none.
fn by_itself(view: &View<'_>, range: &Range<usize>) -> Option<u8> {
    let sentence = &view.text()[view.passage.prose.sentence(range.start)];
    let has = |words: &[&str]| words.iter().any(|it| sentence.contains(it));
    let own = is_systems_own(view, range.start);
    if !has(words::DEEDS)
        || (has(words::PEOPLE) && !own && !has(words::RECEIVE))
        || has(words::CLIENT)
    {
        return None;
    }
    let said = &view.text()[range.clone()];
    // "Daily/weekly/monthly" are ways to look at numbers.
    let (before, after) = (&view.text()[..range.start], &view.text()[range.end..]);
    let listed = before.ends_with(['/', ',']) || after.starts_with(['/', ',']);
    if listed && words::SPANS.iter().filter(|it| sentence.contains(**it)).count() > 1 {
        return None;
    }
    let at_night = words::NIGHT.iter().any(|it| said.contains(it));
    let automatic = view.sentence(range.start).has(Topic::Automatic);
    if at_night || automatic || own || words::CLOCK.is_match(sentence) {
        return Some(66);
    }
    let process = matches!(
        view.scope.role(),
        Role::Roadmap | Role::NonFunctional | Role::Risk | Role::Overview
    );
    let passive = words::PASSIVE.is_match(sentence) || sentence.chars().any(is_unspaced);
    Some(if passive && !process { 62 } else { 50 })
}

/// "The nightly rollup job": the word is too common to be looked for anywhere else.
fn is_job(view: &View<'_>, range: &Range<usize>) -> bool {
    const WORDS: &[&str] = &["job", "jobs", "task", "worker", "batch", "run", "runs", "routine"];
    let text = view.text();
    let rest = text.get(range.end..).unwrap_or_default();
    rest.split_whitespace()
        .take(3)
        .any(|it| WORDS.contains(&it.trim_matches(|it: char| !it.is_alphanumeric())))
}

/// "Daily backups": upkeep that nobody does by hand.
fn is_upkeep(view: &View<'_>, range: &Range<usize>) -> bool {
    const STARTS: &[&str] = &[
        "digest",
        "backup",
        "back",
        "cleanup",
        "purge",
        "sync",
        "sicherung",
        "datensicherung",
        "sauvegarde",
        "respaldo",
        "copia",
        "cópia",
        "резервн",
        "бэкап",
        "дайджест",
        "pencadangan",
        "备份",
        "同步",
        "清理",
        "バックアップ",
        "同期",
        "ダイジェスト",
        "백업",
        "동기화",
    ];
    let sentence = view.passage.prose.sentence(range.start);
    view.hits_in(&sentence).any(|it| {
        let apart =
            it.range.start.saturating_sub(range.end) + range.start.saturating_sub(it.range.end);
        it.meaning == Word::Topic(Topic::Recurring)
            && apart <= 48
            && STARTS.iter().any(|start| view.text()[it.range.clone()].starts_with(start))
    })
}

/// Whether the sentence has the system, not a person, do it.
fn is_systems_own(view: &View<'_>, at: usize) -> bool {
    const WORDS: &[&str] = &[
        "system",
        "server",
        "service",
        "worker",
        "scheduler",
        "backend",
        "bot ",
        "système",
        "sistema",
        "систем",
        "сервис",
        "sistem",
        "系统",
        "服务",
        "システム",
        "サーバ",
        "시스템",
        "서버",
    ];
    let sentence = &view.text()[view.passage.prose.sentence(at)];
    WORDS.iter().any(|it| sentence.contains(it))
}

/// A reminder that the product sends by itself, at a time that follows from the data.
fn reminder(view: &View<'_>, range: &Range<usize>, out: &mut Vec<Fact>) {
    static BEFORE: LazyLock<Regex> = LazyLock::new(|| {
        compile(
            r"\d+\s?(?:h|hours?|min|minutes?|days?|heures?|jours?|stunden|tage|minuten|horas?|días?|dias?|час\w*|дн\w*|минут\w*|jam|hari|menit|小时|天|分钟|時間|日|分|시간|일|분)",
        )
    });
    let sentence = view.passage.prose.sentence(range.start);
    let all = view.within(&sentence);
    if all.has(Topic::Every) {
        return;
    }
    let sends = all.any(&[
        Topic::Send,
        Topic::Notify,
        Topic::Automatic,
        Topic::MailOut,
        Topic::PushOut,
        Topic::Job,
    ]);
    let timed = BEFORE.is_match(&view.text()[sentence]);
    let percent = if sends || timed { 62 } else { 50 };
    let attributes = vec![("every", "unspecified".to_owned())];
    out.push(view.need_of(NeedKind::Schedule, "reminders", range, percent, attributes, None));
}

/// A job that does something recurring, without a cadence.
fn unsaid(view: &View<'_>, range: &Range<usize>, out: &mut Vec<Fact>) {
    let said = &view.text()[view.passage.prose.sentence(range.start)];
    if view.sentence(range.start).has(Topic::Every) || INTERVAL.is_match(said) {
        return;
    }
    let near = view.near(range, &[Topic::Recurring, Topic::Send, Topic::MailOut], 40);
    let text = &view.text()[range.clone()];
    let named = ["cron", "apscheduler", "celery beat", "qstash"].iter().any(|it| text.contains(it));
    // Workers and queues do what comes in; "scheduled" may be said of anything with a date.
    const WEAK: &[&str] = &[
        "worker",
        "background",
        "job queue",
        "batch",
        "scheduled",
        "planifi",
        "programad",
        "agendad",
        "배치",
        "バッチ",
    ];
    if WEAK.iter().any(|it| text.starts_with(it)) && !text.contains("scheduled ") {
        let name = name(view, range, "scheduled");
        let attributes = vec![("every", "unspecified".to_owned())];
        out.push(view.need_of(NeedKind::Schedule, &name, range, 42, attributes, None));
        return;
    }
    let percent = match (near, named) {
        (true, true) => 65,
        (false, true) => 62,
        (true, false) => 55,
        (false, false) => 40,
    };
    let name = name(view, range, "scheduled");
    let attributes = vec![("every", "unspecified".to_owned())];
    out.push(view.need_of(NeedKind::Schedule, &name, range, percent, attributes, None));
}

fn zone(view: &View<'_>, at: usize) -> Option<(&'static str, String)> {
    let sentence = view.passage.prose.sentence(at);
    let found = ZONE.find(&view.text()[sentence.clone()])?;
    let place = sentence.start + found.start()..sentence.start + found.end();
    Some(("zone", view.cx.chunk.slice(view.passage.prose.span(&place)).to_owned()))
}

/// "daily-digest": how often, and the nearest thing that is done.
fn name(view: &View<'_>, range: &Range<usize>, often: &str) -> String {
    if often == "interval" {
        // The same interval said twice is the same schedule.
        let said: String =
            view.text()[range.clone()].split_whitespace().collect::<Vec<_>>().join("-");
        return said;
    }
    let sentence = view.passage.prose.sentence(range.start);
    let text = &view.text()[sentence.clone()];
    let apart = |at: usize| (sentence.start + at).abs_diff(range.start);
    let nearest = words::THINGS
        .iter()
        .flat_map(|(name, starts)| starts.iter().map(move |it| (name, it)))
        .filter_map(|(name, start)| {
            let at = text.match_indices(start).map(|(at, _)| apart(at)).min()?;
            Some((at, *name))
        })
        .min_by_key(|(at, _)| *at);
    let said = &view.text()[range.clone()];
    let day = || words::DAYS.iter().find(|(_, starts)| starts.iter().any(|it| said.contains(it)));
    match nearest {
        Some((_, name)) => format!("{often}-{name}"),
        None if often == "weekly" => format!("weekly-{}", day().map_or("job", |(name, _)| name)),
        None => format!("{often}-job"),
    }
}
