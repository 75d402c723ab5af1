declare_rule! {
    /// A spec asks for something that nothing declares, or that is declared and not applied yet.
    ///
    /// Told once a workspace has declarations at all. `specwright provision` adds what is missing.
    ///
    /// ```md
    /// Members sign in with Google.
    /// ```
    pub(crate) static RULE = { name: "not-provisioned", severity: Hint, since: "0.1.0" }
}
