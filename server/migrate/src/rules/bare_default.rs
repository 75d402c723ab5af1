declare_rule! {
    /// A default that is a text stands in single quotes.
    ///
    /// Without them it is a name.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: items
    ///   columns: [id pk, state text default draft]
    ///   rls: deny
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: items
    ///   columns: [id pk, state text default 'draft']
    ///   rls: deny
    /// ```
    pub(crate) static RULE = { name: "bare-default", severity: Error, since: "0.1.0" }
}
