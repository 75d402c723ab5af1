declare_rule! {
    /// An operation lacks a key that it needs.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   columns: [id pk]
    ///   rls: deny
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: users
    ///   columns: [id pk, email text]
    ///   rls: own-row(id)
    /// ```
    pub(crate) static RULE = { name: "missing-key", severity: Error, since: "0.1.0" }
}
