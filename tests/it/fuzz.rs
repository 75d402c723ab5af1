//! Replays the kept inputs of the fuzz targets.

use std::path::Path;

fn replay(target: &str, run: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut n_inputs = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        run(&std::fs::read(entry.unwrap().path()).unwrap());
        n_inputs += 1;
    }
    assert!(n_inputs > 0, "{} holds no inputs", folder.display());
}

#[test]
fn kept_inputs_of_the_reader_still_pass() {
    replay("reader", tests::fuzz::reader);
}

#[test]
fn kept_inputs_of_the_edits_still_pass() {
    replay("edits", tests::fuzz::edits);
}

#[test]
fn kept_inputs_of_the_frames_still_pass() {
    replay("frames", tests::fuzz::frames);
}
