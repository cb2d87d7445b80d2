//! The `cardamom` command.

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    small_pages();
    cardamom::cli::main()
}

// Memory as it is asked for. Where the kernel hands out huge pages the allocator takes two megabytes where it needs
// kilobytes: half as much again for a server that sits still, and nothing was faster for it. Child processes inherit it;
// PostgreSQL asks for its huge pages in another way.
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "neither the standard library nor the allocator has a word for it")]
fn small_pages() {
    let (yes, unused): (libc::c_ulong, libc::c_ulong) = (1, 0);
    // SAFETY: it takes no pointers; where the kernel knows nothing of it, it says so and changes nothing.
    unsafe { libc::prctl(libc::PR_SET_THP_DISABLE, yes, unused, unused, unused) };
}

#[cfg(not(target_os = "linux"))]
const fn small_pages() {}
