//! Afterwards: what is there is held against the history.

use crate::{faults::Tally, run::Run};

/// Everything that must hold.
pub async fn everything(run: &Run, tally: &Tally) {
    check(run);
    println!("{tally:?}");
    let violations = run.violations.lock().unwrap();
    assert!(violations.is_empty(), "{}", violations.join("\n"));
}

fn check(run: &Run) {
    let (code, out, error) = tokio::task::block_in_place(|| run.nodes[0].command(&["check"]));
    if code != 0 {
        let broken: Vec<&str> = out.lines().filter(|line| !line.starts_with("ok ")).collect();
        run.violation(format!("cardamom check: {error}\n{}", broken.join("\n")));
    }
}
