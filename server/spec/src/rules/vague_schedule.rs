use super::cx::BlockCx;
use super::notes::{Notes, PlacedNote};
use super::{Sink, SpecCx, gate, mend};
use crate::cron::{self, Said};
use crate::pattern::compile;
use aho_corasick::AhoCorasick;
use model::{Modality, NeedKind};
use regex::Regex;
use std::sync::LazyLock;

declare_rule! {
    /// A job runs by itself, but how often, or in which time zone, is not said.
    ///
    /// The zone is missed where the system does something at a time of day, its sentence names no
    /// zone, and no sentence such as "all times are in UTC" does.
    ///
    /// ```md,bad
    /// ## Jobs
    /// A scheduled job sends the daily digest at 9:00.
    /// ```
    /// ```md,good
    /// ## Jobs
    /// A scheduled job sends the daily digest at 9:00 UTC.
    /// ```
    pub(super) static RULE = {
        name: "vague-schedule",
        group: Backend,
        severity: Info,
        since: "0.1.0",
        check: Joined(note, join),
    }
}

/// A job of the system, in contrast to what users schedule.
static JOB: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:scheduled|periodic|recurring|cron|batch) (?:jobs?|tasks?|process|sync\w*|imports?|reports?|clean-?ups?|backups?)\b|geplante\w* (?:aufgabe|job)|tâches? planifiées?|tareas? programadas?|tarefas? agendadas?|фонов\w+ задач|задач\w+ по расписанию|tugas terjadwal|定时任务|バッチ処理|定期実行|배치 ?작업|예약 ?작업",
    )
});

/// What the system does by itself; people and shops have opening hours.
static ACTS: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:system|server|cron|jobs?|e-?mails?|sends?|sent|notif\w+|remind\w*|runs?|generates?|syncs?|backups?|digest|imports?|deletes?|purges?|verschick\w*|versend\w*|sendet|envoi\w*|envoy\w*|envía\w*|envia\w*|mengirim|dikirim)\b|отправля|рассыл|напомина|запуска|发送|推送|执行|送信|実行|通知|발송|전송|실행|알림",
    )
});
static MAYBE: LazyLock<AhoCorasick> = LazyLock::new(|| {
    gate::any_case(&[
        "daily",
        "every ",
        "each day",
        "weekly",
        "monthly",
        "nightly",
        "täglich",
        "jeden ",
        "wöchentlich",
        "monatlich",
        "chaque ",
        "tous les ",
        "quotidien",
        "hebdomadaire",
        "cada ",
        "todos los ",
        "todos os ",
        "diario",
        "diariamente",
        "ежедневно",
        "еженедельно",
        "каждый ",
        "каждую ",
        "setiap ",
        "每天",
        "每日",
        "每周",
        "每月",
        "毎日",
        "毎朝",
        "毎晩",
        "毎週",
        "毎月",
        "매일",
        "매주",
        "매월",
    ])
});

/// How a spec says once for all in which zone its times are.
static FOR_ALL: LazyLock<AhoCorasick> = LazyLock::new(|| {
    gate::any_case(&[
        "all times",
        "times are",
        "time zone",
        "timezone",
        "zeitzone",
        "alle zeiten",
        "fuseau",
        "zona horaria",
        "fuso",
        "часовой пояс",
        "часовом поясе",
        "zona waktu",
        "时区",
        "タイムゾーン",
        "시간대",
    ])
});

fn note(cx: &BlockCx<'_>, notes: &mut Notes<'_>) {
    if cx.lines.iter().any(|it| FOR_ALL.is_match(it.text()) && cron::names_zone(it.text())) {
        notes.take("zone", model::Span::at(0), Modality::InScope, "", "");
    }
    for line in cx.statements().filter(|it| MAYBE.is_match(it.text())) {
        for sentence in line.sentences() {
            let text = &line.text()[sentence.clone()];
            if !text.contains(|it: char| it.is_ascii_digit()) || cron::names_zone(text) {
                continue;
            }
            let claims = cron::claims(text);
            let often = claims.iter().any(|it| !matches!(it.said, Said::At(..)));
            let time = claims.iter().find(|it| matches!(it.said, Said::At(..)));
            if let Some(time) = time.filter(|_| often && ACTS.is_match(text)) {
                let words = text[time.range.clone()].to_owned();
                let place =
                    line.place(sentence.start + time.range.start..sentence.start + time.range.end);
                notes.take("time", place, line.scope.modality(), words, "");
            }
        }
    }
}

fn join(cx: &SpecCx<'_>, notes: &[PlacedNote<'_>], sink: &mut Sink<'_>) {
    if !notes.iter().any(|it| it.note.kind == "zone") {
        for it in notes.iter().filter(|it| it.note.modality == Modality::InScope) {
            let message = format!("`{}` is in no time zone", it.note.key);
            let edits = mend::name_behind(it.document, it.span, "UTC");
            sink.report(it.document, it.span, message).fix("Add UTC", edits, false);
        }
    }
    without_cadence(cx, sink);
}

fn without_cadence(cx: &SpecCx<'_>, sink: &mut Sink<'_>) {
    let schedules = cx.analysis.detection.needs_of(NeedKind::Schedule);
    let told = schedules.into_iter().any(|it| it.attribute("every") != Some("unspecified"));
    for need in cx.analysis.detection.needs_of(NeedKind::Schedule) {
        let sure = need.is_required();
        let asked = need.evidence.iter().find(|it| it.modality == Modality::InScope);
        let Some(it) = asked.filter(|_| sure) else { continue };
        if need.attribute("every") == Some("unspecified") {
            // A library's name, or the job whose cadence stands elsewhere.
            let sentence = mend::sentence(cx, it.document, it.span);
            if told || !cron::claims(sentence).is_empty() || !JOB.is_match(sentence) {
                continue;
            }
            sink.report(it.document, it.span, "how often this runs is not said");
        }
    }
}
