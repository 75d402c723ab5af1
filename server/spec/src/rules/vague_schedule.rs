use super::{Sink, SpecCx, mend};
use crate::cron::{self, Said};
use model::{Modality, NeedKind};
use regex::Regex;
use std::sync::LazyLock;

declare_rule! {
    /// A job runs by itself, but how often, or in which time zone, is not said.
    ///
    /// The zone is missed only where a time of day is given and the spec names no zone anywhere.
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
        check: Spec(vague_schedule),
    }
}

/// A job of the system, in contrast to what users schedule.
static JOB: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?:scheduled|periodic|recurring|cron|batch) (?:jobs?|tasks?|process|sync\w*|imports?|reports?|clean-?ups?|backups?)\b|geplante\w* (?:aufgabe|job)|tâches? planifiées?|tareas? programadas?|tarefas? agendadas?|фонов\w+ задач|задач\w+ по расписанию|tugas terjadwal|定时任务|バッチ処理|定期実行|배치 ?작업|예약 ?작업",
    )
    .expect("a test compiles the pattern")
});

fn vague_schedule(cx: &SpecCx<'_>, sink: &mut Sink<'_>) {
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
            continue;
        }
        let sentence = mend::sentence(cx, it.document, it.span);
        let claims = cron::claims(sentence);
        let time = claims.iter().find(|it| matches!(it.said, Said::At(..)));
        if let Some(time) = time
            && need.attribute("zone").is_none()
            && !cx.documents.iter().any(|it| cron::names_zone(&it.text))
        {
            let time = sentence[time.range.clone()].trim();
            let message = format!("`{time}` is in no time zone");
            sink.report(it.document, it.span, message).fix(
                "Add UTC",
                mend::name_behind(it.document, it.span, "UTC"),
                false,
            );
        }
    }
}
