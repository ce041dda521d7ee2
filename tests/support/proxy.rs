//! A TCP relay between the program and a server, which falls silent after some blocks of bytes: it takes what comes and
//! passes nothing on, as a firewall that drops packets does. New connections are taken, and get no answer either.

use std::{
    io::{Read, Write},
    net::{IpAddr, Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream, UdpSocket},
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// An address of this machine that is not loopback; nothing where it has no network.
pub fn other_address() -> Option<IpAddr> {
    // Nothing is sent: the system only chooses which of its addresses would be the sender's.
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect((Ipv4Addr::new(198, 51, 100, 1), 9)).ok()?;
    Some(socket.local_addr().ok()?.ip()).filter(|address| !address.is_loopback())
}

/// Ends its connections when it goes.
pub struct Proxy {
    at: SocketAddr,
    state: Arc<State>,
}

struct State {
    upstream: String,
    /// Blocks that were passed on, in both directions of all connections.
    passed: AtomicU64,
    silent_after: u64,
    silent_since: OnceLock<Instant>,
    over: AtomicBool,
    open: Mutex<Vec<TcpStream>>,
}

impl Proxy {
    /// A relay to the server of a URL that passes on so many blocks.
    pub fn silent_after(blocks: u64, url: &str) -> Self {
        Self::listening(Ipv4Addr::LOCALHOST.into(), blocks, url)
    }

    /// A relay that passes everything on, at another address of this machine, so that the server seems to be elsewhere.
    pub fn elsewhere(address: IpAddr, url: &str) -> Self {
        Self::listening(address, u64::MAX, url)
    }

    fn listening(address: IpAddr, blocks: u64, url: &str) -> Self {
        let url = url::Url::parse(url).expect("a URL");
        let upstream =
            format!("{}:{}", url.host_str().expect("a host"), url.port().expect("a port of the server"));
        let listener = TcpListener::bind((address, 0)).expect("a port");
        let at = listener.local_addr().expect("an address");
        let state = Arc::new(State {
            upstream,
            passed: AtomicU64::new(0),
            silent_after: blocks,
            silent_since: OnceLock::new(),
            over: AtomicBool::new(false),
            open: Mutex::new(Vec::new()),
        });
        let accepting = state.clone();
        thread::spawn(move || accept(&listener, &accepting));
        Self { at, state }
    }

    /// A URL's server by way of this relay.
    pub fn url(&self, url: &str) -> String {
        let mut url = url::Url::parse(url).expect("a URL");
        url.set_host(Some(&self.at.ip().to_string())).expect("a host");
        url.set_port(Some(self.at.port())).expect("a port");
        url.to_string()
    }

    /// How many blocks were passed on.
    pub fn passed(&self) -> u64 {
        self.state.passed.load(Ordering::SeqCst)
    }

    /// How long ago the first block was withheld; nothing where none was.
    pub fn silent_for(&self) -> Duration {
        self.state.silent_since.get().map(Instant::elapsed).unwrap_or_default()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.state.over.store(true, Ordering::SeqCst);
        // Wakes the thread that accepts.
        let _ = TcpStream::connect(self.at);
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
        let Ok(server) = TcpStream::connect(&state.upstream) else { continue };
        for (from, to) in [(&client, &server), (&server, &client)] {
            let (from, to) = (from.try_clone().expect("a socket"), to.try_clone().expect("a socket"));
            let state = state.clone();
            thread::spawn(move || pass_on(from, to, &state));
        }
        state.open.lock().expect("no panic there").extend([client, server]);
    }
}

fn pass_on(mut from: TcpStream, mut to: TcpStream, state: &State) {
    let mut block = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut block) {
        if state.passed.fetch_add(1, Ordering::SeqCst) >= state.silent_after {
            state.silent_since.get_or_init(Instant::now);
            continue;
        }
        if to.write_all(&block[..length]).is_err() {
            return;
        }
    }
    if state.passed.load(Ordering::SeqCst) < state.silent_after {
        let _ = to.shutdown(Shutdown::Write);
    }
}
