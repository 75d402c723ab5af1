declare_rule! {
    /// Row-level security is one of the language's words, or an expression.
    ///
    /// `public`, `deny`, `own-row(column)`, `own-or-public(column, flag)`, `member-of(table via column)`, `role(name)`.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: users
    ///   columns: [id pk]
    ///   rls: own-rows
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: users
    ///   columns: [id pk, email text]
    ///   rls: own-row(id)
    /// ```
    pub(crate) static RULE = { name: "unknown-policy", severity: Error, since: "0.1.0" }
}
