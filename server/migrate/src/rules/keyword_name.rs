declare_rule! {
    /// A name that is a word of SQL needs quotes in every query.
    ///
    /// The generated SQL quotes it. Queries written by hand fail, or mean something else, without quotes.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: user
    ///   columns: [id pk]
    ///   rls: deny
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: users
    ///   columns: [id pk, email text]
    ///   rls: own-row(id)
    /// ```
    pub(crate) static RULE = { name: "keyword-name", severity: Warning, since: "0.1.0" }
}
