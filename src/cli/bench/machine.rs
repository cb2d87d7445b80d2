//! What we run on, and what a process takes of it: read from `/proc`.

use anyhow::{Context, Result};
use std::fs;

/// How many processors there are, and which.
pub(super) fn processors() -> (usize, String) {
    let count = std::thread::available_parallelism().map_or(1, usize::from);
    let said = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = said.lines().find_map(|line| line.strip_prefix("model name")?.split(':').nth(1));
    (count, model.unwrap_or("unknown").trim().to_owned())
}

/// Memory of a process that is resident now; KiB.
pub(super) fn resident(pid: u32) -> Result<u64> {
    status(pid, "VmRSS:")
}

/// The most that was resident since [`forget_peak`]; KiB.
pub(super) fn peak(pid: u32) -> Result<u64> {
    status(pid, "VmHWM:")
}

/// Begins to look for the most resident memory anew.
pub(super) fn forget_peak(pid: u32) -> Result<()> {
    fs::write(format!("/proc/{pid}/clear_refs"), "5").context("the system keeps no peak of memory")
}

fn status(pid: u32, key: &str) -> Result<u64> {
    let said = fs::read_to_string(format!("/proc/{pid}/status")).context("the process is not there")?;
    let line = said.lines().find_map(|line| line.strip_prefix(key));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.with_context(|| format!("no {key} of process {pid}"))
}

/// Processor time that was taken so far, in hundredths of a second.
#[derive(Clone, Copy, Default)]
pub(super) struct Work {
    /// By the server.
    pub(super) server: u64,
    /// By its PostgreSQL, every process of it.
    pub(super) postgres: u64,
    /// By this process, which makes the load.
    pub(super) load: u64,
}

impl Work {
    /// So far.
    pub(super) fn so_far(server: u32, postgres: u32) -> Self {
        let mut work = Self { server: ticks(server).map_or(0, |(own, ..)| own), ..Self::default() };
        work.load = ticks(std::process::id()).map_or(0, |(own, ..)| own);
        // What has ended counts with who waited for it.
        work.postgres = ticks(postgres).map_or(0, |(own, ended, _)| own + ended);
        for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
            let pid = entry.file_name().to_str().and_then(|name| name.parse().ok());
            if let Some((own, ended, parent)) = pid.and_then(ticks)
                && parent == postgres
            {
                work.postgres += own + ended;
            }
        }
        work
    }

    /// Since then.
    pub(super) fn since(self, then: Self) -> Self {
        Self {
            server: self.server.saturating_sub(then.server),
            postgres: self.postgres.saturating_sub(then.postgres),
            load: self.load.saturating_sub(then.load),
        }
    }

    /// Both stretches.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            server: self.server + other.server,
            postgres: self.postgres + other.postgres,
            load: self.load + other.load,
        }
    }
}

// A process's own time, that of its children that have ended, and its parent.
fn ticks(pid: u32) -> Option<(u64, u64, u32)> {
    let said = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name is in brackets and may hold anything: what follows it is counted.
    let rest: Vec<&str> = said.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |at: usize| rest.get(at)?.parse::<u64>().ok();
    Some((number(11)? + number(12)?, number(13)? + number(14)?, rest.get(1)?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_has_memory_and_a_parent() {
        let own = std::process::id();
        assert!(resident(own).unwrap() > 100);
        assert!(peak(own).unwrap() >= resident(own).unwrap() / 2);
        assert!(ticks(own).is_some_and(|(_, _, parent)| parent > 0));
        assert!(processors().0 > 0);
    }
}
