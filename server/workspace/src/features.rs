//! What editors show of a snapshot: hover, completion, navigation, symbols, lenses, actions.
