//! The three system calls that the standard library has no safe word for.

use std::{io, os::unix::process::CommandExt, process::Command};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signal {
    /// PostgreSQL: stop cleanly now ("fast").
    Interrupt,
    /// initdb: clean up and end.
    Terminate,
    /// PostgreSQL: stop at once and recover later ("immediate").
    Quit,
    Kill,
}

impl Signal {
    fn number(self) -> libc::c_int {
        match self {
            Self::Interrupt => libc::SIGINT,
            Self::Terminate => libc::SIGTERM,
            Self::Quit => libc::SIGQUIT,
            Self::Kill => libc::SIGKILL,
        }
    }
}

/// Sends a signal; a process that is gone already is no failure.
#[expect(unsafe_code, reason = "the standard library can only kill, not interrupt")]
pub(super) fn send(pid: u32, signal: Signal) {
    if let Ok(pid @ 1..) = libc::pid_t::try_from(pid) {
        // SAFETY: `kill` reads no memory of ours.
        unsafe { libc::kill(pid, signal.number()) };
    }
}

#[expect(unsafe_code, reason = "the standard library does not say who we are")]
pub(super) fn effective_uid() -> u32 {
    // SAFETY: `geteuid` takes nothing and cannot fail.
    unsafe { libc::geteuid() }
}

/// Gives the command a session of its own, so that Ctrl-C reaches us alone, and ties it to the thread that
/// spawns it: when that thread ends, however it ends, the command gets `signal`.
#[expect(unsafe_code, reason = "what the child does between fork and exec cannot be said safely")]
pub(super) fn tie_to_this_thread(command: &mut Command, signal: Signal) {
    let (parent, signal) = (std::process::id(), signal.number());
    // SAFETY: only async-signal-safe calls, no allocation, no locks. Runs after the change of user, which
    // would clear the parent-death signal.
    unsafe {
        command.pre_exec(move || {
            libc::setsid();
            #[cfg(target_os = "linux")]
            if libc::prctl(libc::PR_SET_PDEATHSIG, signal) != 0 {
                return Err(io::Error::last_os_error());
            }
            // Our parent may have died before the line above.
            if u32::try_from(libc::getppid()) == Ok(parent) {
                Ok(())
            } else {
                Err(io::Error::from_raw_os_error(libc::ESRCH))
            }
        });
    }
}
