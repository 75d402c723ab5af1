declare_rule! {
    /// An entry lacks what it cannot do without.
    ///
    /// ```yaml,bad
    /// functions:
    ///   digest: {runtime: bun}
    /// ```
    /// ```yaml,good
    /// functions:
    ///   digest: {runtime: bun, trigger: http}
    /// ```
    pub(crate) static RULE = {
        name: "missing-setting",
        severity: Error,
        since: "0.1.0",
    }
}
