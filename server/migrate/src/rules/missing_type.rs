declare_rule! {
    /// A column says its type.
    ///
    /// It may be left out for `pk` (uuid), for a reference (its target's type) and for `default now()` (timestamptz).
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: items
    ///   columns: [id pk, title]
    ///   rls: deny
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: items
    ///   columns: [id pk, title text]
    ///   rls: deny
    /// ```
    pub(crate) static RULE = { name: "missing-type", severity: Error, since: "0.1.0" }
}
