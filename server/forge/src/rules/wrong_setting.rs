declare_rule! {
    /// A value is not of the kind that its key takes.
    ///
    /// ```yaml,bad
    /// storage:
    ///   avatars: {visibility: hidden}
    /// ```
    /// ```yaml,bad
    /// auth:
    ///   session: {access: soon}
    /// ```
    /// ```yaml,good
    /// storage:
    ///   avatars: {visibility: private}
    /// auth:
    ///   session: {access: 15m}
    /// ```
    pub(crate) static RULE = {
        name: "wrong-setting",
        severity: Error,
        since: "0.1.0",
    }
}
