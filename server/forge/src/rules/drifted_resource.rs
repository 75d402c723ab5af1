declare_rule! {
    /// Spec, declarations and what is applied say different things.
    ///
    /// A spec has come to list a column that no migration adds, or `forge.yaml` was changed since it was applied. `specwright provision` brings them together, after showing how.
    ///
    /// ```md
    /// | Column | Type |
    /// | --- | --- |
    /// | id | uuid |
    /// | nickname | text |
    /// ```
    pub(crate) static RULE = { name: "drifted-resource", severity: Info, since: "0.1.0" }
}
