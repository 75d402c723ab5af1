declare_rule! {
    /// A name is not empty, has no control characters, at most 63 bytes, and does not start with `__`, `sqlite_` or `pg_`.
    ///
    /// PostgreSQL cuts longer names without an error.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: sqlite_users
    ///   columns: [id pk]
    ///   rls: deny
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: users
    ///   columns: [id pk, email text]
    ///   rls: own-row(id)
    /// ```
    pub(crate) static RULE = { name: "unusable-name", severity: Error, since: "0.1.0" }
}
