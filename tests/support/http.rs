//! A small HTTP server that answers as a test says, and keeps what it was asked.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// A request: its first line and headers, and its body.
#[derive(Debug, Clone)]
pub struct Asked {
    pub head: String,
    pub body: String,
}

/// Listens until the test ends.
pub struct HttpServer {
    pub port: u16,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl HttpServer {
    /// Answers the n-th request with the n-th of these status lines (`"200 OK"`), all later ones with the last.
    pub fn answering(statuses: &'static [&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let kept = asked.clone();
        thread::spawn(move || {
            for (n, stream) in listener.incoming().enumerate() {
                let status = statuses[n.min(statuses.len() - 1)];
                if let Some(one) = stream.ok().and_then(|stream| serve(stream, status)) {
                    kept.lock().expect("no panic").push(one);
                }
            }
        });
        Self { port, asked }
    }

    /// What was asked so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("no panic").clone()
    }
}

fn serve(stream: TcpStream, status: &str) -> Option<Asked> {
    let mut input = BufReader::new(stream.try_clone().ok()?);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if input.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let length = head
        .lines()
        .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    input.read_exact(&mut body).ok()?;
    let mut stream = stream;
    let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    stream.write_all(answer.as_bytes()).ok()?;
    Some(Asked { head, body: String::from_utf8_lossy(&body).into_owned() })
}
