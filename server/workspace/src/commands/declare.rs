use super::{CommandCx, CommandError};
use serde_json::Value;

/// One thing that can be done.
pub struct Command {
    /// `service.verb`.
    pub name: &'static str,
    /// Short names on the command line.
    pub aliases: &'static [&'static str],
    pub effect: Effect,
    pub gate: Gate,
    pub(crate) docs: &'static str,
    pub(crate) input: fn() -> Value,
    pub(crate) output: fn() -> Value,
    pub(crate) run: fn(&CommandCx<'_>, Value) -> Result<Value, CommandError>,
}

/// What a command may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    Read,
    /// Writes files of the workspace, or returns edits that a front applies.
    Write,
    /// Loses something that cannot be got back without a checkpoint.
    Destructive,
    /// Reaches out of this machine.
    External,
}

/// Who must agree before a command starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    None,
    Council,
    Human,
}

impl Effect {
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Destructive => "destructive",
            Self::External => "external",
        }
    }
}

impl Command {
    /// The name that editors call it by.
    #[must_use]
    pub fn lsp_name(&self) -> String {
        format!("specwright.{}", self.name)
    }

    /// `spec` of `spec.check`.
    #[must_use]
    pub fn service(&self) -> &'static str {
        self.name.split_once('.').map_or(self.name, |(service, _)| service)
    }

    /// `check` of `spec.check`.
    #[must_use]
    pub fn verb(&self) -> &'static str {
        self.name.split_once('.').map_or(self.name, |(_, verb)| verb)
    }

    /// Markdown.
    #[must_use]
    pub fn docs(&self) -> String {
        let lines = self.docs.lines().map(|it| it.strip_prefix(' ').unwrap_or(it));
        lines.collect::<Vec<_>>().join("\n").trim().to_owned()
    }

    /// The first sentence of its docs.
    #[must_use]
    pub fn summary(&self) -> String {
        self.docs().lines().next().unwrap_or_default().to_owned()
    }

    #[must_use]
    pub fn input_schema(&self) -> Value {
        (self.input)()
    }

    #[must_use]
    pub fn output_schema(&self) -> Value {
        (self.output)()
    }

    /// Runs it on an input object; `null` stands for an empty one.
    ///
    /// # Errors
    /// [`super::ErrorKind::User`] when the input does not fit; else what the handler says.
    pub fn run(&self, cx: &CommandCx<'_>, input: Value) -> Result<Value, CommandError> {
        let input = if input.is_null() { Value::Object(serde_json::Map::new()) } else { input };
        (self.run)(cx, input)
    }
}

/// Declares a command in a file with `Input`, `Output` and the handler; the doc comment is its help.
macro_rules! declare_command {
    (
        $(#[doc = $doc:literal])*
        pub(super) static COMMAND = {
            name: $name:literal,
            $(alias: $alias:literal,)?
            effect: $effect:ident,
            gate: $gate:ident,
            run: $run:path $(,)?
        }
    ) => {
        pub(super) static COMMAND: $crate::commands::Command = $crate::commands::Command {
            name: $name,
            aliases: &[$($alias)?],
            effect: $crate::commands::Effect::$effect,
            gate: $crate::commands::Gate::$gate,
            docs: concat!($($doc, "\n"),*),
            input: || schemars::schema_for!(Input).to_value(),
            output: || schemars::schema_for!(Output).to_value(),
            run: |cx, input| {
                let input: Input = serde_json::from_value(input)
                    .map_err(|error| $crate::commands::CommandError::input($name, &error))?;
                let output: Output = $run(cx, &input)?;
                Ok(serde_json::to_value(output).expect("outputs have string keys"))
            },
        };
    };
}

/// Lists the command files; each word is a module with a `COMMAND`.
macro_rules! commands {
    ($($module:ident),* $(,)?) => {
        $(pub mod $module;)*
        /// Every command, in the order of the list.
        pub static COMMANDS: &[&Command] = &[$(&$module::COMMAND),*];
    };
}
