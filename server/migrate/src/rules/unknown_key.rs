declare_rule! {
    /// A key that an operation does not have would be ignored.
    ///
    /// The nearest key that it has is offered.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: users
    ///   colums: [id pk]
    ///   rls: deny
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: users
    ///   columns: [id pk, email text]
    ///   rls: own-row(id)
    /// ```
    pub(crate) static RULE = { name: "unknown-key", severity: Error, since: "0.1.0" }
}
