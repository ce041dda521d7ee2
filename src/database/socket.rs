//! What the kernel does for connections: small messages go at once, and a host that is gone is noticed within two
//! minutes, also where we wait for its answer and have nothing to say.
//!
//! sqlx sets nothing of this and gives no access to its sockets, so each is looked up among the process's own, and set
//! through a copy of its descriptor. This process has no TCP connections but those to databases.

use rustix::{
    net::sockopt::{
        set_socket_keepalive, set_tcp_keepcnt, set_tcp_keepidle, set_tcp_keepintvl, set_tcp_nodelay,
        set_tcp_user_timeout,
    },
    process::{PidfdFlags, PidfdGetfdFlags, getpid, pidfd_getfd, pidfd_open},
};
use std::{fs, io, net::TcpStream, time::Duration};

/// Silence before the other side is asked whether it is there.
const IDLE: Duration = Duration::from_mins(1);
/// Between two such questions.
const INTERVAL: Duration = Duration::from_secs(15);
/// How many without an answer end a connection.
const COUNT: u32 = 4;
/// How long what was sent may stay unconfirmed, in milliseconds.
const UNCONFIRMED: u32 = 120_000;

/// Sets all TCP connections of this process. Where the system does not let us, they are as they were.
pub fn set_all() {
    for stream in streams() {
        if let Err(cause) = set(&stream) {
            tracing::debug!(%cause, "a TCP connection keeps the system's settings");
        }
    }
}

fn set(stream: &TcpStream) -> io::Result<()> {
    set_tcp_nodelay(stream, true)?;
    set_socket_keepalive(stream, true)?;
    set_tcp_keepidle(stream, IDLE)?;
    set_tcp_keepintvl(stream, INTERVAL)?;
    set_tcp_keepcnt(stream, COUNT)?;
    set_tcp_user_timeout(stream, UNCONFIRMED)?;
    Ok(())
}

/// Copies of the process's TCP connections; the sockets are the same.
fn streams() -> Vec<TcpStream> {
    let Ok(process) = pidfd_open(getpid(), PidfdFlags::empty()) else { return Vec::new() };
    let Ok(entries) = fs::read_dir("/proc/self/fd") else { return Vec::new() };
    let sockets = entries.flatten().filter_map(|entry| {
        let socket = fs::read_link(entry.path()).ok()?.to_string_lossy().starts_with("socket:");
        let number = entry.file_name().to_string_lossy().parse().ok().filter(|_| socket)?;
        let stream = TcpStream::from(pidfd_getfd(&process, number, PidfdGetfdFlags::empty()).ok()?);
        // Any other kind of socket has no such addresses.
        stream.peer_addr().is_ok().then_some(stream)
    });
    sockets.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::net::sockopt::{socket_keepalive, tcp_nodelay, tcp_user_timeout};
    use std::net::TcpListener;

    #[test]
    fn connections_of_this_process_are_found_and_set() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        set_all();
        assert!(tcp_nodelay(&stream).unwrap() && socket_keepalive(&stream).unwrap());
        assert_eq!(tcp_user_timeout(&stream).unwrap(), UNCONFIRMED);
    }
}
