declare_rule! {
    /// In a flow list, YAML takes brackets for a list of their own.
    ///
    /// Put the text in quotes, or write one item a line.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: items
    ///   columns: [id pk, tags text[], title text]
    ///   rls: deny
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: items
    ///   columns: [id pk, "tags text[]", title text]
    ///   rls: deny
    /// ```
    pub(crate) static RULE = { name: "brackets-in-text", severity: Error, since: "0.1.0" }
}
