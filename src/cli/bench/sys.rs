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
