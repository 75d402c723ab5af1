declare_rule! {
    /// A table has one primary key.
    ///
    /// It may have several columns: flag each with `pk`, or write `pk (a, b)` under `constraints`, not both.
    ///
    /// ```yaml,bad
    /// add_table:
    ///   name: pairs
    ///   columns: [id pk, a uuid, b uuid]
    ///   constraints: ["pk (a, b)"]
    ///   rls: deny
    /// ```
    /// ```yaml,good
    /// add_table:
    ///   name: pairs
    ///   columns: [a uuid, b uuid]
    ///   constraints: ["pk (a, b)"]
    ///   rls: deny
    /// ```
    pub(crate) static RULE = { name: "several-primary-keys", severity: Error, since: "0.1.0" }
}
