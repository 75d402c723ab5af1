//! Figures from samples, and the tables of `docs/benchmarks.md`.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

/// Durations of the same act, sorted.
#[derive(Debug, Clone, Default)]
pub struct Samples {
    sorted: Vec<Duration>,
}

impl FromIterator<Duration> for Samples {
    fn from_iter<T: IntoIterator<Item = Duration>>(iter: T) -> Self {
        let mut sorted: Vec<Duration> = iter.into_iter().collect();
        sorted.sort();
        Self { sorted }
    }
}

impl Samples {
    /// The nearest-rank percentile; zero when there are no samples.
    #[must_use]
    pub fn percentile(&self, percent: usize) -> Duration {
        let rank = (self.sorted.len() * percent).div_ceil(100).max(1);
        self.sorted.get(rank - 1).copied().unwrap_or_default()
    }

    #[must_use]
    pub fn median(&self) -> Duration {
        self.percentile(50)
    }

    /// The least disturbed sample: what the act costs when nobody else has the processor.
    #[must_use]
    pub fn best(&self) -> Duration {
        self.sorted.first().copied().unwrap_or_default()
    }
}

/// Milliseconds with as many digits as a reader can use.
#[must_use]
pub fn ms(it: Duration) -> String {
    let ms = it.as_secs_f64() * 1e3;
    match ms {
        _ if ms < 1.0 => format!("{ms:.3}"),
        _ if ms < 10.0 => format!("{ms:.2}"),
        _ if ms < 100.0 => format!("{ms:.1}"),
        _ => format!("{ms:.0}"),
    }
}

/// `a` in units of `b`, such as `1.7 ×`.
#[must_use]
pub fn ratio(a: Duration, b: Duration) -> String {
    let ratio = a.as_secs_f64() / b.as_secs_f64().max(1e-9);
    if ratio < 10.0 { format!("{ratio:.2} ×") } else { format!("{ratio:.0} ×") }
}

/// A Markdown table.
#[must_use]
pub fn table(header: &[&str], rows: &[Vec<String>]) -> String {
    let mut out = format!("| {} |\n", header.join(" | "));
    let _ = writeln!(out, "|{}", " --- |".repeat(header.len()));
    for row in rows {
        let _ = writeln!(out, "| {} |", row.join(" | "));
    }
    out
}

/// Puts `body` between `<!-- name -->` and `<!-- /name -->` in the file at `path`.
///
/// # Errors
/// The file cannot be read or written, or does not hold both marks.
pub fn write_section(path: &Path, name: &str, body: &str) -> anyhow::Result<()> {
    use anyhow::Context as _;
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("read the page of figures at `{}`", path.display()))?;
    let (open, close) = (format!("<!-- {name} -->"), format!("<!-- /{name} -->"));
    let (before, rest) =
        text.split_once(&open).with_context(|| format!("find `{open}` in `{}`", path.display()))?;
    let (_, after) = rest
        .split_once(&close)
        .with_context(|| format!("find `{close}` in `{}`", path.display()))?;
    std::fs::write(path, format!("{before}{open}\n\n{body}\n{close}{after}"))
        .with_context(|| format!("write the page of figures at `{}`", path.display()))
}
