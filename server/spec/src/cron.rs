//! Cron expressions in texts, what they say in words, and what words beside them say.
//!
//! Reads five fields, six with seconds first, and `cron(…)` with a year last. Words are read in
//! nine languages; what cannot be read says nothing.

use crate::pattern::compile;
use croner::Cron;
use regex::Regex;
use std::ops::Range;
use std::str::FromStr as _;
use std::sync::LazyLock;

/// A cron expression where a text has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub range: Range<usize>,
    /// Five or six fields, as [`parse`] reads them.
    pub expression: String,
}

/// What words say about when a thing runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    pub range: Range<usize>,
    pub said: Said,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    EveryMinutes(u16),
    EveryHours(u16),
    Daily,
    Weekly,
    Monthly,
    /// Monday to Friday.
    WorkingDays,
    /// Sunday is 0.
    On(u16),
    /// Hour and minute.
    At(u16, u16),
}

static EXPRESSION: LazyLock<Regex> = LazyLock::new(|| {
    let name = "(?i:sun|mon|tue|wed|thu|fri|sat|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)";
    let one = format!(
        r"(?:\*|\?|L|[0-9]{{1,2}}|{name})(?:-(?:[0-9]{{1,2}}|{name}))?(?:[/#][0-9]{{1,2}})?[LW]?"
    );
    let field = format!("{one}(?:,{one})*");
    compile(&format!(r"(cron\()?\b?((?:{field}[ \t]+){{4,5}}{field})"))
});

/// Finds cron expressions in raw Markdown; numbers without any `*` or `?` are not taken for one.
#[must_use]
pub fn find(source: &str) -> Vec<Found> {
    // Two stars apart, a step, or a star behind a number: emphasis has none of them.
    if !["* *", "*/", " * ", " *`", "? *", "* ?"].iter().any(|it| source.contains(it)) {
        return Vec::new();
    }
    let mut out = Vec::new();
    for found in EXPRESSION.captures_iter(source) {
        let body = found.get(2).expect("the group always takes part");
        let range = body.range();
        let before = source[..range.start].chars().next_back();
        let after = source[range.end..].chars().next();
        let glued =
            |it: Option<char>| it.is_some_and(|it| it.is_alphanumeric() || "*/,-".contains(it));
        let fields: Vec<&str> = body.as_str().split_whitespace().collect();
        let stars = fields.iter().filter(|it| it.starts_with(['*', '?'])).count();
        if glued(before) || glued(after) || stars == 0 || (stars == 1 && fields.len() == 6) {
            continue;
        }
        let n_fields = if found.get(1).is_some() { fields.len().min(5) } else { fields.len() };
        out.push(Found { range, expression: fields[..n_fields].join(" ") });
    }
    out
}

/// Reads an expression.
///
/// # Errors
/// The parser's words on what it could not read.
pub fn parse(expression: &str) -> Result<Cron, String> {
    Cron::from_str(expression).map_err(|it| {
        let why = it.to_string();
        why.rsplit(": ").next().unwrap_or(&why).trim_end_matches('.').to_lowercase()
    })
}

/// Says in English when `expression` runs, such as `at 09:00, on Monday`; `None` when it is no cron.
#[must_use]
pub fn words(expression: &str) -> Option<String> {
    let cron = parse(expression).ok()?;
    let text = cron.describe();
    let text = text.trim_end_matches('.');
    let mut chars = text.chars();
    let first = chars.next()?.to_lowercase();
    let mut out: String = first.chain(chars).collect();
    let pattern = &cron.pattern;
    let is_daily = pattern.is_dom_wildcard()
        && pattern.is_dow_wildcard()
        && pattern.months.values().len() == 12
        && pattern.hours.values().len() < 24;
    if is_daily {
        out.push_str(" every day");
    }
    Some(out)
}

/// Reads what the words of a sentence say about times.
#[must_use]
pub fn claims(text: &str) -> Vec<Claim> {
    let mut out: Vec<Claim> = Vec::new();
    for (regex, said) in CADENCES.iter() {
        for found in regex.captures_iter(text) {
            let number = found.iter().skip(1).flatten().next();
            let number = number.and_then(|it| it.as_str().parse::<u16>().ok());
            let range = found.get(0).expect("group 0 is the match").range();
            let said = match said {
                Said::EveryMinutes(_) => Said::EveryMinutes(number.unwrap_or(1)),
                Said::EveryHours(_) => Said::EveryHours(number.unwrap_or(1)),
                other => other.clone(),
            };
            out.push(Claim { range, said });
        }
    }
    out.extend(times(text));
    // "weekly on Monday" and "every Monday": the longer reading of one place wins.
    out.sort_by_key(|it| (it.range.start, std::cmp::Reverse(it.range.end)));
    let mut kept: Vec<Claim> = Vec::new();
    for claim in out {
        let inside = kept.iter().any(|it| {
            it.range.start <= claim.range.start
                && claim.range.end <= it.range.end
                && it.range != claim.range
        });
        if !inside {
            kept.push(claim);
        }
    }
    kept
}

/// Whether a cron can be what the words say. Clock times are compared only when `same_zone`.
#[must_use]
pub fn agrees(cron: &Cron, said: &Said, same_zone: bool) -> bool {
    let pattern = &cron.pattern;
    let minutes = pattern.minutes.values();
    let hours = pattern.hours.values();
    let every_day = pattern.is_dom_wildcard() && pattern.is_dow_wildcard();
    let days: Vec<u16> = {
        let mut days: Vec<u16> = pattern.days_of_week.values().iter().map(|it| it % 7).collect();
        days.sort_unstable();
        days.dedup();
        days
    };
    match said {
        Said::EveryMinutes(n) if *n >= 60 && n % 60 == 0 => {
            agrees(cron, &Said::EveryHours(n / 60), same_zone)
        }
        Said::EveryMinutes(n) => minutes.len() == usize::from(60 / (*n).clamp(1, 60)),
        Said::EveryHours(n) => {
            minutes.len() == 1 && hours.len() == usize::from(24u16.div_ceil((*n).clamp(1, 24)))
        }
        Said::Daily => every_day && minutes.len() == 1 && hours.len() <= 3,
        Said::Weekly => !pattern.is_dow_wildcard() && days.len() == 1,
        Said::Monthly => !pattern.is_dom_wildcard(),
        Said::WorkingDays => days == [1, 2, 3, 4, 5],
        Said::On(day) => !pattern.is_dow_wildcard() && days.contains(day),
        Said::At(hour, minute) => {
            !same_zone || (hours.contains(hour) && minutes.contains(minute)) || hours.len() > 12
        }
    }
}

/// Whether a text names two time zones, so that its clock times need not be the cron's.
#[must_use]
pub fn names_two_zones(text: &str) -> bool {
    let mut zones: Vec<&str> = ZONE.find_iter(text).map(|it| it.as_str()).collect();
    zones.sort_unstable();
    zones.dedup();
    zones.len() > 1
}

/// Whether a text names a time zone at all.
#[must_use]
pub fn names_zone(text: &str) -> bool {
    ZONE.is_match(text)
}

static ZONE: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"\b(?:UTC|GMT|[ECMP][SD]?T|CES?T|BST|IST|JST|KST|MSK|BRT|WIB|SGT|AES?T)\b(?:[+-]\d{1,2})?|\b(?:Europe|America|Asia|Africa|Australia|Pacific)/[A-Z]\w+|МСК|московск|北京时间|日本時間|한국 ?시간|(?i:\btime ?zone|Zeitzone|fuseau horaire|zona horaria|fuso hor[aá]rio|часов\w+ пояс|zona waktu|local time|Ortszeit|hora local|heure locale)|时区|タイムゾーン|시간대",
    )
});

static CADENCES: LazyLock<Vec<(Regex, Said)>> = LazyLock::new(|| {
    let mut out = vec![
        (
            compile(
                r"(?i)\bevery (\d+)[ -]?min(?:ute)?s?\b|\balle (\d+) Min(?:uten)?\b|\btoutes les (\d+) min(?:utes)?\b|\bcada (\d+) minutos\b|кажды[ех] (\d+) минут|\bsetiap (\d+) menit\b|每隔?\s*(\d+)\s*分钟|(\d+)\s*分(?:ごと|おき|毎)|(\d+)\s*분마다|\bevery minute\b|\bjede Minute\b",
            ),
            Said::EveryMinutes(1),
        ),
        (
            compile(
                r"(?i)\bevery (\d+)[ -]?h(?:ou)?rs?\b|\balle (\d+) Stunden\b|\btoutes les (\d+) heures\b|\bcada (\d+) horas\b|кажды[ех] (\d+) час|\bsetiap (\d+) jam\b|每隔?\s*(\d+)\s*(?:个)?小时|(\d+)\s*時間(?:ごと|おき|毎)|(\d+)\s*시간마다|\bhourly\b|\bevery hour\b|\bstündlich|\bjede Stunde\b|\btoutes les heures\b|\bcada hora\b|каждый час|ежечасно|\bsetiap jam\b|每小时|毎時|매 ?시간",
            ),
            Said::EveryHours(1),
        ),
        (
            compile(
                r"(?i)\bdaily\b|\bevery (?:single )?(?:day|night|morning|evening)\b|\bnightly\b|\beach day\b|\bonce a day\b|\btäglich|\bjeden Tag\b|\bjede Nacht\b|\bquotidien|\bchaque (?:jour|nuit|matin)\b|\btous les jours\b|\bdiario\b|\bdiariamente\b|\bcada día\b|\btodos (?:los|os) d[ií]as\b|ежедневно|каждый день|каждую ночь|\bsetiap hari\b|\bharian\b|每天|每日|毎日|毎朝|毎晩|매일",
            ),
            Said::Daily,
        ),
        (
            compile(
                r"(?i)\bweekly\b|\bevery week\b|\bonce a week\b|\bwöchentlich|\bjede Woche\b|\bhebdomadaire|\bchaque semaine\b|\bsemanal(?:mente)?\b|\b(?:cada|toda) semana\b|еженедельно|каждую неделю|\bsetiap minggu\b|\bmingguan\b|每周|每週|毎週|매주",
            ),
            Said::Weekly,
        ),
        (
            compile(
                r"(?i)\bmonthly\b|\bevery month\b|\bonce a month\b|\bmonatlich|\bjeden Monat\b|\bmensuel|\bchaque mois\b|\bmensual(?:mente)?\b|\bmensal(?:mente)?\b|\bcada mes\b|\btodo mês\b|ежемесячно|каждый месяц|\bsetiap bulan\b|\bbulanan\b|每月|毎月|매월|매달",
            ),
            Said::Monthly,
        ),
        (
            compile(
                r"(?i)\b(?:every |on |each )?(?:weekdays|working days|workdays|business days|weekday)\b|\bMon(?:day)?\s?[-–]\s?Fri(?:day)?\b|\bwerktags\b|\bjours ouvr(?:és|ables)\b|\bdías (?:hábiles|laborables)\b|\bdias úteis\b|по будням|будни|\bhari kerja\b|工作日|平日|평일",
            ),
            Said::WorkingDays,
        ),
    ];
    for (day, names) in (0u16..).zip(DAYS) {
        out.push((compile(names), Said::On(day)));
    }
    out
});

/// Full names, Sunday first; abbreviations would read too much into prose.
const DAYS: [&str; 7] = [
    r"(?i)(?:\bevery |\beach )?\bSundays?\b|\b[Ss]onntags?\b|\bdimanches?\b|\bdomingos?\b|воскресень|\bhari minggu\b|(?:周|星期|週)(?:日|天)|日曜|일요일",
    r"(?i)(?:\bevery |\beach )?\bMondays?\b|\bmontags?\b|\blundis?\b|\blunes\b|\bsegundas?-feiras?\b|понедельник|\bsenin\b|(?:周|星期|週)一|月曜|월요일",
    r"(?i)(?:\bevery |\beach )?\bTuesdays?\b|\bdienstags?\b|\bmardis?\b|\bmartes\b|\bterças?-feiras?\b|вторник|\bselasa\b|(?:周|星期|週)二|火曜|화요일",
    r"(?i)(?:\bevery |\beach )?\bWednesdays?\b|\bmittwochs?\b|\bmercredis?\b|\bmiércoles\b|\bquartas?-feiras?\b|сред[аую]\b|\brabu\b|(?:周|星期|週)三|水曜|수요일",
    r"(?i)(?:\bevery |\beach )?\bThursdays?\b|\bdonnerstags?\b|\bjeudis?\b|\bjueves\b|\bquintas?-feiras?\b|четверг|\bkamis\b|(?:周|星期|週)四|木曜|목요일",
    r"(?i)(?:\bevery |\beach )?\bFridays?\b|\bfreitags?\b|\bvendredis?\b|\bviernes\b|\bsextas?-feiras?\b|пятниц|\bhari jumat\b|(?:周|星期|週)五|金曜|금요일",
    r"(?i)(?:\bevery |\beach )?\bSaturdays?\b|\bsamstags?\b|\bsamedis?\b|\bsábados?\b|суббот|\bsabtu\b|(?:周|星期|週)六|土曜|토요일",
];

static TIME: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?i)(?P<pm>下午|晚上|午後|夜|오후|밤)?\s*\b(?P<h>\d{1,2})(?::(?P<m>\d{2})(?:\s*(?P<ap>[ap])\.?m\b\.?)?|\s*(?P<ap2>[ap])\.?m\b\.?|\s*Uhr\b)|(?P<pm2>下午|晚上|午後|夜|오후|밤)?\s*(?P<h2>\d{1,2})\s*(?:時(?:(?P<m2>\d{1,2})分)?|[点點]|시\b)|(?P<midnight>\bmidnight\b|\bMitternacht\b|\bminuit\b|\bmedianoche\b|\bmeia-noite\b|полноч|午夜|자정)|(?P<noon>\bnoon\b|正午|정오)",
    )
});

fn times(text: &str) -> Vec<Claim> {
    let mut out = Vec::new();
    for found in TIME.captures_iter(text) {
        let whole = found.get(0).expect("group 0 is the match");
        let lead = whole.as_str().len() - whole.as_str().trim_start().len();
        let range = whole.start() + lead..whole.end();
        let group = |name: &str| found.name(name).map(|it| it.as_str());
        let number = |name: &str| group(name).and_then(|it| it.parse::<u16>().ok());
        let (mut hour, minute) = if group("midnight").is_some() {
            (0, 0)
        } else if group("noon").is_some() {
            (12, 0)
        } else {
            let Some(hour) = number("h").or_else(|| number("h2")) else { continue };
            (hour, number("m").or_else(|| number("m2")).unwrap_or(0))
        };
        let half = group("ap").or_else(|| group("ap2")).map(str::to_lowercase);
        let afternoon = half.as_deref() == Some("p") || group("pm").or(group("pm2")).is_some();
        if afternoon && hour < 12 {
            hour += 12;
        } else if half.as_deref() == Some("a") && hour == 12 {
            hour = 0;
        }
        if hour < 24 && minute < 60 {
            out.push(Claim { range, said: Said::At(hour, minute) });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};
    use std::fmt::Write as _;

    fn check(text: &str, expect: Expect) {
        let mut out = String::new();
        for found in find(text) {
            let words = words(&found.expression);
            let _ = writeln!(out, "{:?} {words:?}", &text[found.range.clone()]);
            if let Ok(cron) = parse(&found.expression) {
                let same_zone = !names_two_zones(text);
                for claim in claims(text) {
                    let agrees = agrees(&cron, &claim.said, same_zone);
                    let _ = writeln!(out, "  {:?} {agrees}", &text[claim.range]);
                }
            }
        }
        expect.assert_eq(&out);
    }

    #[test]
    fn an_expression_is_found_and_said() {
        check(
            "Run `0 9 * * 1` on Mondays at 9:00 and `*/15 * * * *`",
            expect![[r#"
                "0 9 * * 1" Some("at 09:00, on Monday")
                  "Mondays" true
                  "9:00" true
                "*/15 * * * *" Some("at every 15 minutes")
                  "Mondays" false
                  "9:00" true
            "#]],
        );
    }

    #[test]
    fn words_of_many_languages_are_compared() {
        check(
            "`0 3 * * *` täglich um 3 Uhr",
            expect![[r#"
                "0 3 * * *" Some("at 03:00 every day")
                  "täglich" true
                  "3 Uhr" true
            "#]],
        );
        check(
            "`0 3 * * *` 毎週月曜 午前3時",
            expect![[r#"
                "0 3 * * *" Some("at 03:00 every day")
                  "毎週" false
                  "月曜" false
                  "3時" true
            "#]],
        );
        check(
            "`0 3 1 * *` ежемесячно",
            expect![[r#"
            "0 3 1 * *" Some("at 03:00, on day 1")
              "ежемесячно" true
        "#]],
        );
        check(
            "`*/5 * * * *` cada 10 minutos",
            expect![[r#"
            "*/5 * * * *" Some("at every 5 minutes")
              "cada 10 minutos" false
        "#]],
        );
    }

    #[test]
    fn another_zone_excuses_the_clock() {
        check(
            "`0 0 * * *` UTC = 毎朝9時 JST",
            expect![[r#"
                "0 0 * * *" Some("at 00:00 every day")
                  "毎朝" true
                  "9時" true
            "#]],
        );
    }

    #[test]
    fn numbers_lists_and_emphasis_are_not_cron() {
        check("1 2 3 4 5 and **0 1** 2 * 3", expect![""]);
    }
}
