declare_rule! {
    /// YAML takes what follows ` #` for a comment.
    ///
    /// Put the text in quotes.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: items
    ///   columns:
    ///     - id pk
    ///     - tag text default 'a #1'
    ///   rls: deny
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: items
    ///   columns:
    ///     - id pk
    ///     - "tag text default 'a #1'"
    ///   rls: deny
    /// ```
    pub(crate) static RULE = { name: "cut-by-comment", severity: Error, since: "0.1.0" }
}
