//! The system calls that the standard library has no safe word for.

use std::io;
use tokio::process::Command;

/// Asks a process to end in order.
#[expect(unsafe_code, reason = "the standard library can only kill, not ask")]
pub(super) fn terminate(pid: u32) {
    if let Ok(pid @ 1..) = libc::pid_t::try_from(pid) {
        // SAFETY: `kill` reads no memory of ours.
        unsafe { libc::kill(pid, libc::SIGTERM) };
    }
}

/// Ties a command to the thread that starts it: however that one ends, the command is asked to end too.
#[expect(unsafe_code, reason = "what the child does between fork and exec cannot be said safely")]
pub(super) fn tie_to_this_thread(command: &mut Command) {
    // SAFETY: one async-signal-safe call, no allocation, no locks.
    unsafe {
        command.pre_exec(|| {
            #[cfg(target_os = "linux")]
            if libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGTERM) != 0 {
                return Err(io::Error::last_os_error());
            }
            Ok(())
        });
    }
}

/// Lets this process, and those that it starts, open as many files as the system allows it; answers how many.
#[expect(unsafe_code, reason = "the standard library has no word for limits")]
pub(super) fn open_many_files() -> io::Result<u64> {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: both calls are given a limit of ours, which outlives them.
    unsafe {
        if libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) != 0 {
            return Err(io::Error::last_os_error());
        }
        limit.rlim_cur = limit.rlim_max;
        if libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) != 0 {
            return Err(io::Error::last_os_error());
        }
    }
    Ok(limit.rlim_cur)
}
