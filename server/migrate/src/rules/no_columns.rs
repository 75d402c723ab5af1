declare_rule! {
    /// A table has at least one column.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: users
    ///   columns: []
    ///   rls: deny
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: users
    ///   columns: [id pk, email text]
    ///   rls: own-row(id)
    /// ```
    pub(crate) static RULE = { name: "no-columns", severity: Error, since: "0.1.0" }
}
