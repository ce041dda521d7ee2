//! A TCP relay that cuts a connection after so many bytes of the server's: with an end, with a reset, or by silence.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    os::fd::AsFd,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

/// How a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// As if the server had closed it.
    Fin,
    /// As if the server had crashed.
    Reset,
    /// As if a firewall dropped what comes.
    Stall,
}

/// Ends its connections when it goes.
pub struct Relay {
    port: u16,
    state: Arc<State>,
}

struct State {
    upstream: u16,
    /// Bytes of the server that were passed on.
    passed: AtomicU64,
    /// Connections that were made.
    made: AtomicUsize,
    /// The first connections of a number are cut after so many bytes.
    cut: Option<(usize, u64, Cut)>,
    over: AtomicBool,
    open: Mutex<Vec<TcpStream>>,
}

impl Relay {
    /// To a server on this port of this machine. `cut` is how many connections, after which byte, and how.
    pub fn to(upstream: u16, cut: Option<(usize, u64, Cut)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let state = Arc::new(State {
            upstream,
            passed: AtomicU64::new(0),
            made: AtomicUsize::new(0),
            cut,
            over: AtomicBool::new(false),
            open: Mutex::new(Vec::new()),
        });
        let accepting = state.clone();
        thread::spawn(move || accept(&listener, &accepting));
        Self { port, state }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Bytes of the server that were passed on.
    pub fn passed(&self) -> u64 {
        self.state.passed.load(Ordering::SeqCst)
    }

    /// Connections that were made.
    pub fn made(&self) -> usize {
        self.state.made.load(Ordering::SeqCst)
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.state.over.store(true, Ordering::SeqCst);
        // Wakes the thread that accepts.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        for stream in self.state.open.lock().expect("no panic there").drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

fn accept(listener: &TcpListener, state: &Arc<State>) {
    for client in listener.incoming().flatten() {
        if state.over.load(Ordering::SeqCst) {
            return;
        }
        let Ok(server) = TcpStream::connect(("127.0.0.1", state.upstream)) else { continue };
        let number = state.made.fetch_add(1, Ordering::SeqCst);
        let cut = state.cut.filter(|(connections, ..)| number < *connections).map(|(_, at, how)| (at, how));
        let twin = |stream: &TcpStream| stream.try_clone().expect("a socket");
        let (asking, answered) = (twin(&client), twin(&server));
        thread::spawn(move || ask(asking, answered));
        let (answering, asked, state_too) = (twin(&server), twin(&client), state.clone());
        thread::spawn(move || answer(answering, asked, cut, &state_too));
        state.open.lock().expect("no panic there").extend([client, server]);
    }
}

fn ask(mut from: TcpStream, mut to: TcpStream) {
    let _ = std::io::copy(&mut from, &mut to);
    let _ = to.shutdown(Shutdown::Write);
}

fn answer(mut from: TcpStream, mut to: TcpStream, cut: Option<(u64, Cut)>, state: &State) {
    let mut block = vec![0; 16 * 1024];
    let mut left = cut.map_or(u64::MAX, |(at, _)| at);
    while let Ok(length @ 1..) = from.read(&mut block) {
        let allowed = usize::try_from(left).unwrap_or(usize::MAX).min(length);
        if to.write_all(&block[..allowed]).is_err() {
            break;
        }
        state.passed.fetch_add(allowed as u64, Ordering::SeqCst);
        left -= allowed as u64;
        if allowed == length {
            continue;
        }
        let how = cut.map(|(_, how)| how);
        if how == Some(Cut::Stall) {
            // It takes what comes, and answers nothing.
            while matches!(from.read(&mut block), Ok(1..)) {}
            while !state.over.load(Ordering::SeqCst) {
                thread::sleep(Duration::from_millis(50));
            }
            return;
        }
        if how == Some(Cut::Reset) {
            let linger = Some(Duration::ZERO);
            rustix::net::sockopt::set_socket_linger(to.as_fd(), linger).expect("an option of a socket");
            // It is sent when the last copy of the socket goes: this wakes the thread that has one.
            let _ = to.shutdown(Shutdown::Read);
            state.open.lock().expect("no panic there").clear();
        }
        break;
    }
    let _ = from.shutdown(Shutdown::Both);
    if cut.is_none_or(|(_, how)| how != Cut::Reset) {
        let _ = to.shutdown(Shutdown::Both);
    }
}
