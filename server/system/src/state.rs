use crate::System;
use model::AbsPath;
use std::path::Path;

/// The variable that puts the state of this program elsewhere; set and empty, there is none.
pub const STATE_DIR: &str = "SPECWRIGHT_STATE_DIR";

/// The folder of what belongs to the user and not to a workspace, by the platform's custom; it need
/// not exist yet. `None` where no home is known or [`STATE_DIR`] is empty: then nothing is kept.
#[must_use]
pub fn state_dir(system: &dyn System) -> Option<AbsPath> {
    if let Some(own) = system.env(STATE_DIR) {
        return AbsPath::new(Path::new(&own));
    }
    let home = || system.env("HOME");
    let base = if cfg!(windows) {
        system.env("LOCALAPPDATA")?
    } else if let Some(state) = system.env("XDG_STATE_HOME").filter(|it| !it.is_empty()) {
        state
    } else if cfg!(target_os = "macos") {
        format!("{}/Library/Application Support", home()?)
    } else {
        format!("{}/.local/state", home()?)
    };
    AbsPath::new(&Path::new(&base).join("specwright"))
}

#[cfg(all(test, unix, not(target_os = "macos")))]
mod tests {
    use super::*;
    use crate::TestSystem;

    fn check(env: &[(&str, &str)], expect: Option<&str>) {
        let system = TestSystem::new();
        env.iter().for_each(|(name, value)| system.set_env(name, value));
        assert_eq!(state_dir(&system).map(|it| it.to_string()).as_deref(), expect);
    }

    #[test]
    fn the_variable_wins_over_the_desktop_and_that_over_home() {
        check(&[], None);
        check(&[("HOME", "/h")], Some("/h/.local/state/specwright"));
        check(&[("HOME", "/h"), ("XDG_STATE_HOME", "/s")], Some("/s/specwright"));
        check(&[("HOME", "/h"), (STATE_DIR, "/own")], Some("/own"));
        check(&[("HOME", "/h"), (STATE_DIR, "")], None);
    }
}
