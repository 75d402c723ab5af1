declare_rule! {
    /// A column that an operation names must be there at that point.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: users
    ///   columns: [id pk]
    ///   rls: own-row(id)
    /// ---
    /// drop_column: users.mail
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: users
    ///   columns: [id pk]
    ///   rls: own-row(id)
    /// ---
    /// add_column: {table: users, column: email text}
    /// ---
    /// drop_column: users.email
    /// ```
    pub(crate) static RULE = { name: "unknown-column", severity: Error, since: "0.1.0" }
}
