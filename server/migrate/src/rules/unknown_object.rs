declare_rule! {
    /// An index, constraint or policy that is dropped must be there.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: users
    ///   columns: [id pk]
    ///   rls: own-row(id)
    /// ---
    /// drop_policy: {table: users, name: admins}
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: users
    ///   columns: [id pk]
    ///   rls: own-row(id)
    /// ---
    /// add_policy: {table: users, name: admins, using: currentRole() = 'admin'}
    /// ---
    /// drop_policy: {table: users, name: admins}
    /// ```
    pub(crate) static RULE = { name: "unknown-object", severity: Error, since: "0.1.0" }
}
