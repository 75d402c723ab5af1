//! What the terminal shows: colours, progress, and output that survives a closed pipe.

use annotate_snippets::{Group, Level, Renderer};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{self, BufWriter, IsTerminal as _, Write};
use system::{OsSystem, System as _};
use workspace::commands::CommandError;

/// Specs below which a scan is over before a bar could be read.
const N_SPECS_FOR_BAR: usize = 50;

/// Standard output and error.
pub(crate) struct Screen {
    stdout: BufWriter<io::Stdout>,
    /// The reader of standard output went away; what else is written is dropped.
    closed: bool,
    is_coloured: bool,
    is_coloured_stderr: bool,
    width: usize,
}

impl Screen {
    /// `choice` is `always`, `never` or `auto`: colours on a terminal, unless `NO_COLOR` is set.
    pub(crate) fn new(choice: Option<&str>) -> Self {
        let system = OsSystem::default();
        let is_set = |name| system.env(name).is_some_and(|it| !it.is_empty());
        let is_wanted = |is_terminal: bool| match choice {
            Some("always") => true,
            Some("never") => false,
            _ if is_set("NO_COLOR") => false,
            _ if system.env("CLICOLOR_FORCE").is_some_and(|it| it != "0") => true,
            _ => is_terminal && system.env("TERM").is_none_or(|it| it != "dumb"),
        };
        let columns = system.env("COLUMNS").and_then(|it| it.parse().ok());
        Self {
            stdout: BufWriter::new(io::stdout()),
            closed: false,
            is_coloured: is_wanted(io::stdout().is_terminal()),
            is_coloured_stderr: is_wanted(io::stderr().is_terminal()),
            width: columns.unwrap_or(100).clamp(40, 200),
        }
    }

    /// Writes data and a line end.
    pub(crate) fn line(&mut self, text: &str) {
        self.text(text);
        self.text("\n");
    }

    /// Writes data.
    ///
    /// # Panics
    /// When standard output fails for another reason than a reader that went away.
    pub(crate) fn text(&mut self, text: &str) {
        if !self.closed {
            let written = self.stdout.write_all(text.as_bytes());
            self.judge(written);
        }
    }

    /// Shows what was written so far.
    pub(crate) fn flush(&mut self) {
        self.finish();
    }

    pub(crate) fn finish(&mut self) {
        if !self.closed {
            let written = self.stdout.flush();
            self.judge(written);
        }
    }

    fn judge(&mut self, written: io::Result<()>) {
        match written {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => self.closed = true,
            Err(error) => {
                self.closed = true;
                self.note(&format!("the output is incomplete: write standard output: {error}"));
            }
        }
    }

    /// Tells the user something that is no data.
    #[expect(clippy::unused_self, reason = "all output goes through the screen")]
    #[expect(clippy::print_stderr, reason = "this is the one place that tells the user things")]
    pub(crate) fn note(&self, text: &str) {
        eprintln!("{text}");
    }

    pub(crate) fn error(&mut self, error: &CommandError) {
        self.finish();
        let mut group =
            Group::with_title(Level::ERROR.primary_title(format!("failed to {}", error.message)));
        if let Some(hint) = &error.hint {
            group = group.element(Level::HELP.message(hint.as_str()));
        }
        self.note(&self.renderer_stderr().render(&[group]));
    }

    /// Draws reports for standard output.
    pub(crate) fn renderer(&self) -> Renderer {
        renderer(self.is_coloured, self.width)
    }

    pub(crate) fn renderer_stderr(&self) -> Renderer {
        renderer(self.is_coloured_stderr, self.width)
    }

    /// Makes a heading stand out where colours are shown.
    pub(crate) fn bold(&self, text: &str) -> String {
        if self.is_coloured { format!("\x1b[1m{text}\x1b[0m") } else { text.to_owned() }
    }

    pub(crate) fn dim(&self, text: &str) -> String {
        if self.is_coloured { format!("\x1b[2m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// Hears how far a scan is, and draws a bar where somebody can see it.
pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    pub(crate) fn new() -> Self {
        let bar = ProgressBar::hidden();
        let style = ProgressStyle::with_template("{spinner} {pos}/{len} specs {wide_bar} {eta}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self { bar }
    }

    pub(crate) fn hear(&self, n_done: usize, n_all: usize) -> bool {
        if n_all >= N_SPECS_FOR_BAR && io::stderr().is_terminal() {
            if self.bar.length() != Some(n_all as u64) {
                self.bar.set_length(n_all as u64);
                self.bar.set_draw_target(indicatif::ProgressDrawTarget::stderr());
            }
            self.bar.set_position(n_done as u64);
            if n_done == n_all {
                self.bar.finish_and_clear();
            }
        }
        true
    }
}

fn renderer(is_coloured: bool, width: usize) -> Renderer {
    let renderer = if is_coloured { Renderer::styled() } else { Renderer::plain() };
    renderer.term_width(width)
}
