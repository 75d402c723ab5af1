declare_rule! {
    /// A type of the language can be held by both engines without loss.
    ///
    /// The guide lists them; the nearest is offered.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: items
    ///   columns: [id pk, title string]
    ///   rls: deny
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: items
    ///   columns: [id pk, title text]
    ///   rls: deny
    /// ```
    pub(crate) static RULE = { name: "unknown-type", severity: Error, since: "0.1.0" }
}
