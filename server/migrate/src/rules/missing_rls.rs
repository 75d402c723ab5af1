declare_rule! {
    /// A table says who may see and write its rows.
    ///
    /// A table without row-level security is open to everyone who reaches the database. Say `public` when that is what you want.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: users
    ///   columns: [id pk, email text]
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: users
    ///   columns: [id pk, email text]
    ///   rls: own-row(id)
    /// ```
    pub(crate) static RULE = { name: "missing-rls", severity: Error, since: "0.1.0" }
}
