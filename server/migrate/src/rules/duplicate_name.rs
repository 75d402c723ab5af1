declare_rule! {
    /// A name is taken once.
    ///
    /// SQLite does not tell capitals from small letters, so neither does this.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: users
    ///   columns: [id pk, email text, Email text]
    ///   rls: deny
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: users
    ///   columns: [id pk, email text]
    ///   rls: own-row(id)
    /// ```
    pub(crate) static RULE = { name: "duplicate-name", severity: Error, since: "0.1.0" }
}
