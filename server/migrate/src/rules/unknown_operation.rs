declare_rule! {
    /// A document names one of the operations of the language.
    ///
    /// The guide lists them all. SQL of your own goes under `sql`.
    ///
    /// ```yaml,bad
    /// create_table:
    ///   name: users
    ///   columns: [id pk]
    ///   rls: deny
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: users
    ///   columns: [id pk, email text]
    ///   rls: own-row(id)
    /// ```
    pub(crate) static RULE = { name: "unknown-operation", severity: Error, since: "0.1.0" }
}
