//! HTTP/1.1 as plainly as a client can speak it: the load shares its cores with the server, so it must cost
//! as little as it can.

use anyhow::{Context, Result, bail, ensure};
use std::net::SocketAddr;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// The longest head of an answer.
const HEAD: usize = 16 << 10;

/// A connection that is kept alive.
pub(super) struct Wire {
    stream: TcpStream,
    input: Vec<u8>,
}

/// An answer.
pub(super) struct Answer<'a> {
    /// Its status.
    pub(super) status: u16,
    /// Its body.
    pub(super) body: &'a [u8],
}

impl Answer<'_> {
    /// As text, for a person.
    pub(super) fn text(&self) -> String {
        format!("{} {}", self.status, String::from_utf8_lossy(self.body))
    }
}

impl Wire {
    /// Connects.
    pub(super) async fn connect(address: SocketAddr) -> Result<Self> {
        let stream =
            TcpStream::connect(address).await.with_context(|| format!("no connection to {address}"))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, input: Vec::with_capacity(8 << 10) })
    }

    /// Sends a part of a request.
    pub(super) async fn send(&mut self, bytes: &[u8]) -> Result<()> {
        self.stream.write_all(bytes).await.context("the server does not read")
    }

    /// Sends a request and waits for its answer.
    pub(super) async fn exchange(&mut self, request: &[u8]) -> Result<Answer<'_>> {
        self.send(request).await?;
        self.answer().await
    }

    /// Waits for the answer to what was sent.
    pub(super) async fn answer(&mut self) -> Result<Answer<'_>> {
        self.input.clear();
        let mut looked = 0;
        let head = loop {
            if let Some(at) = find(&self.input[looked..], b"\r\n\r\n") {
                break looked + at + 4;
            }
            looked = self.input.len().saturating_sub(3);
            ensure!(self.input.len() < HEAD, "the head of an answer does not end");
            self.more().await?;
        };
        let status = status(&self.input).context("an answer without a status")?;
        let length = length(&self.input[..head]).context("an answer that does not say how long it is")?;
        while self.input.len() < head + length {
            self.more().await?;
        }
        Ok(Answer { status, body: &self.input[head..head + length] })
    }

    async fn more(&mut self) -> Result<()> {
        if self.stream.read_buf(&mut self.input).await.context("the connection broke")? == 0 {
            bail!("the server closed the connection");
        }
        Ok(())
    }
}

fn status(head: &[u8]) -> Option<u16> {
    std::str::from_utf8(head.get(9..12)?).ok()?.parse().ok()
}

fn length(head: &[u8]) -> Option<usize> {
    const NAME: &[u8] = b"content-length:";
    let line = head
        .split(|byte| *byte == b'\n')
        .find(|line| line.get(..NAME.len()).is_some_and(|name| name.eq_ignore_ascii_case(NAME)))?;
    std::str::from_utf8(&line[NAME.len()..]).ok()?.trim().parse().ok()
}

/// Where the second text begins in the first.
pub(super) fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|part| part == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_says_its_status_and_how_long_the_body_is() {
        let head = b"HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 42\r\n\r\n";
        assert_eq!((status(head), length(head)), (Some(200), Some(42)));
        assert_eq!(length(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"), None);
        assert_eq!(find(head, b"\r\n\r\n"), Some(head.len() - 4));
    }
}
