declare_rule! {
    /// Nothing changes: the entry asks for what is already so.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: users
    ///   columns: [id pk, email text not null]
    ///   rls: deny
    /// ---
    /// alter_column: {table: users, column: email, nullable: false}
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: users
    ///   columns: [id pk, email text not null]
    ///   rls: deny
    /// ---
    /// alter_column: {table: users, column: email, nullable: true}
    /// ```
    pub(crate) static RULE = { name: "without-effect", severity: Info, since: "0.1.0" }
}
