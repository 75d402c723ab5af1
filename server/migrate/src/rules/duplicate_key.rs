declare_rule! {
    /// A key that is there twice leaves open which one counts.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: users
    ///   name: people
    ///   columns: [id pk]
    ///   rls: deny
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: users
    ///   columns: [id pk, email text]
    ///   rls: own-row(id)
    /// ```
    pub(crate) static RULE = { name: "duplicate-key", severity: Error, since: "0.1.0" }
}
