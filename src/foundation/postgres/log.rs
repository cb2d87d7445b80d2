//! The server's log: one file that PostgreSQL appends to, kept small by us.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

/// The log and its one predecessor each stay near this size.
const MAX_BYTES: u64 = 16 << 20;
/// How much of the log's end is read for the reason of a failure.
const TAIL_BYTES: u64 = 16 << 10;

/// Opens the log for a child to write to. Appending makes [`trim`] safe while it writes.
pub(super) fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).mode(0o600).open(path)
}

/// Moves a log that has grown too long aside, in the place of the one before. A line written at that very
/// moment may be lost.
pub(super) fn trim(path: &Path) -> io::Result<()> {
    if fs::metadata(path)?.len() > MAX_BYTES {
        fs::copy(path, path.with_extension("log.1"))?;
        OpenOptions::new().write(true).open(path)?.set_len(0)?;
    }
    Ok(())
}

/// The last line that says why PostgreSQL gave up.
pub(super) fn last_complaint(path: &Path) -> String {
    let end = tail(path).unwrap_or_default();
    let complaint = end
        .lines()
        .rev()
        .find_map(|line| ["FATAL:", "PANIC:", "error:"].iter().find_map(|word| line.split_once(word)))
        .map(|(_, reason)| reason.trim());
    complaint.unwrap_or("it gave no reason").to_owned()
}

fn tail(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL_BYTES)))?;
    let mut end = Vec::new();
    file.take(TAIL_BYTES).read_to_end(&mut end)?;
    Ok(String::from_utf8_lossy(&end).into_owned())
}
