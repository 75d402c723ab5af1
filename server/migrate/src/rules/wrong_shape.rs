declare_rule! {
    /// A value is a text, a list or a mapping, as its key wants.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: users
    ///   columns: {id: pk, email: text}
    ///   rls: deny
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: users
    ///   columns: [id pk, email text]
    ///   rls: own-row(id)
    /// ```
    pub(crate) static RULE = { name: "wrong-shape", severity: Error, since: "0.1.0" }
}
