declare_rule! {
    /// YAML takes a text with `: ` for a mapping.
    ///
    /// Put the text in quotes. A column is written without a colon.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: items
    ///   columns:
    ///     - id pk
    ///     - note text default 'a: b'
    ///   rls: deny
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: items
    ///   columns:
    ///     - id pk
    ///     - "note text default 'a: b'"
    ///   rls: deny
    /// ```
    pub(crate) static RULE = { name: "colon-in-text", severity: Error, since: "0.1.0" }
}
