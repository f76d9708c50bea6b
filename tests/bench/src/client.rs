//! An HTTP/1.1 connection that costs next to nothing: it shares the machine with the server it measures.
//!
//! It sends bytes that were prepared and reads what workerd answers: a length or chunks, kept alive, without trailers.

use std::net::Ipv4Addr;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Most header fields an answer may have.
const MOST_FIELDS: usize = 48;
/// A part of an answer that is read at once, in bytes.
const PART: usize = 64 * 1024;

/// One connection, one request at a time.
pub struct Connection {
    stream: TcpStream,
    /// Read, and from `start` on not yet looked at.
    buffer: Vec<u8>,
    start: usize,
}

/// How the end of a body is known.
enum Framing {
    Length(usize),
    Chunked,
}

struct Head {
    length: usize,
    status: u16,
    framing: Framing,
}

impl Connection {
    /// Connects to a server on this machine.
    pub async fn open(port: u16) -> Result<Self> {
        let stream =
            tokio::time::timeout(Duration::from_secs(5), TcpStream::connect((Ipv4Addr::LOCALHOST, port)));
        let stream = stream.await.context("no connection after 5 s")?.context("cannot connect")?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(2 * PART), start: 0 })
    }

    /// Sends a request and reads the whole answer: its status. The body goes to `body` as it comes.
    pub async fn send(&mut self, request: &[u8], mut body: impl FnMut(&[u8])) -> Result<u16> {
        self.stream.write_all(request).await?;
        let head = loop {
            match parse_head(self.unread())? {
                Some(head) => break head,
                None => self.read().await?,
            }
        };
        self.start += head.length;
        match head.framing {
            Framing::Length(length) => self.pass(length, &mut body).await?,
            Framing::Chunked => loop {
                let (line, size) = loop {
                    match httparse::parse_chunk_size(self.unread()) {
                        Ok(httparse::Status::Complete(found)) => break found,
                        Ok(httparse::Status::Partial) => self.read().await?,
                        Err(_) => bail!("an answer in chunks without a size"),
                    }
                };
                self.start += line;
                self.pass(usize::try_from(size)?, &mut body).await?;
                // The end of the line after each chunk, the last and empty one included.
                self.pass(2, &mut |_| {}).await?;
                if size == 0 {
                    break;
                }
            },
        }
        Ok(head.status)
    }

    fn unread(&self) -> &[u8] {
        self.buffer.get(self.start..).unwrap_or_default()
    }

    async fn read(&mut self) -> Result<()> {
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        self.buffer.reserve(PART);
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            bail!("the server closed the connection");
        }
        Ok(())
    }

    async fn pass(&mut self, mut length: usize, body: &mut impl FnMut(&[u8])) -> Result<()> {
        while length > 0 {
            let unread = self.unread();
            let part = unread.get(..length).unwrap_or(unread);
            body(part);
            length -= part.len();
            self.start += part.len();
            if length > 0 {
                self.read().await?;
            }
        }
        Ok(())
    }
}

fn parse_head(bytes: &[u8]) -> Result<Option<Head>> {
    let mut fields = [httparse::EMPTY_HEADER; MOST_FIELDS];
    let mut answer = httparse::Response::new(&mut fields);
    let httparse::Status::Complete(length) = answer.parse(bytes).context("no HTTP answer")? else {
        return Ok(None);
    };
    let status = answer.code.context("no HTTP status")?;
    let field = |name: &str| {
        let found = answer.headers.iter().find(|field| field.name.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(found.value).ok()
    };
    let framing = match field("transfer-encoding") {
        Some(_) => Framing::Chunked,
        None => Framing::Length(field("content-length").unwrap_or("0").parse().context("Content-Length")?),
    };
    Ok(Some(Head { length, status, framing }))
}

/// Asks once, on a connection of its own, and returns status and body.
pub async fn ask(port: u16, request: &[u8]) -> Result<(u16, Vec<u8>)> {
    let mut connection = Connection::open(port).await?;
    let mut body = Vec::new();
    let answer = connection.send(request, |part| body.extend(part));
    let status =
        tokio::time::timeout(Duration::from_secs(60), answer).await.context("no answer in 60 s")??;
    Ok((status, body))
}

/// The bytes of a request. `fields` are whole lines.
pub fn request(method: &str, path: &str, fields: &[String], body: &[u8]) -> Vec<u8> {
    [head(method, path, fields, body.len()).as_slice(), body].concat()
}

/// Everything of a request before its body, which has `length` bytes.
pub fn head(method: &str, path: &str, fields: &[String], length: usize) -> Vec<u8> {
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n");
    for field in fields {
        head.push_str(field);
        head.push_str("\r\n");
    }
    if method != "GET" {
        head.push_str(&format!("Content-Length: {length}\r\n"));
    }
    head.push_str("\r\n");
    head.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a client gets from a server that sends these bytes, in these pieces, for each of its requests.
    fn answers(pieces: &'static [&'static [u8]], requests: usize) -> Vec<Result<(u16, Vec<u8>)>> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let server = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
            let port = server.local_addr().expect("its address").port();
            let serve = async move {
                let (mut stream, _) = server.accept().await.expect("a connection");
                stream.set_nodelay(true).expect("a socket");
                for piece in pieces {
                    stream.write_all(piece).await.expect("sent");
                    tokio::time::sleep(Duration::from_millis(3)).await;
                }
            };
            let ask = async move {
                let mut connection = Connection::open(port).await.expect("connected");
                let mut answers = Vec::new();
                for _ in 0..requests {
                    let mut body = Vec::new();
                    let status = connection.send(b"GET / HTTP/1.1\r\n\r\n", |part| body.extend(part)).await;
                    answers.push(status.map(|status| (status, body)));
                }
                answers
            };
            futures_util::future::join(serve, ask).await.1
        })
    }

    #[test]
    fn answers_with_lengths_and_chunks_in_any_pieces_are_read_to_their_ends() {
        let pieces: &[&[u8]] = &[
            b"HTTP/1.1 201 Created\r\nContent-Le",
            b"ngth: 5\r\n\r\nab",
            b"cdeHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r",
            b"\n0",
            b"a\r\n0123456789\r\n0\r\n\r",
            b"\nHTTP/1.1 204 No Content\r\n\r\n",
        ];
        let answers: Vec<_> =
            answers(pieces, 3).into_iter().map(|answer| answer.expect("an answer")).collect();
        assert_eq!(answers, [(201, b"abcde".to_vec()), (200, b"abc0123456789".to_vec()), (204, Vec::new())]);
    }

    #[test]
    fn answer_that_is_cut_off_is_an_error() {
        let answers = answers(&[b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"], 1);
        assert!(answers.iter().all(Result::is_err));
    }
}
