//! What the kernel does for connections: small messages go at once, and a host that is gone is noticed within two
//! minutes, also where we wait for its answer and have nothing to say.
//!
//! sqlx sets nothing of this and gives no access to its sockets, so each is looked up among the process's own. This
//! process has no TCP connections but those to databases.
//!
//! Unsafe: a descriptor that is another's can be borrowed by its number only. To copy it (`pidfd_getfd`) is a right
//! that containers do not have.

use rustix::net::{
    AddressFamily, SocketType, getpeername,
    sockopt::{
        set_socket_keepalive, set_tcp_keepcnt, set_tcp_keepidle, set_tcp_keepintvl, set_tcp_nodelay,
        set_tcp_user_timeout, socket_domain, socket_type,
    },
};
use std::{
    fs, io,
    os::fd::{BorrowedFd, RawFd},
    time::Duration,
};

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
    match numbers() {
        Ok(numbers) => numbers.into_iter().for_each(look_at),
        Err(cause) => tracing::debug!(%cause, "TCP connections are not found and keep the system's settings"),
    }
}

/// The process's descriptors.
fn numbers() -> io::Result<Vec<RawFd>> {
    let entries = fs::read_dir("/proc/self/fd")?;
    // All before the first is looked at: the folder's own descriptor is closed by then.
    Ok(entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect())
}

/// Sets it if it is a TCP connection.
fn look_at(number: RawFd) {
    // SAFETY: the number comes from the kernel, so it is not -1, and the descriptor is neither kept nor closed. If its
    // owner closes it meanwhile, the calls fail or meet another descriptor: they touch no memory of ours, and set
    // nothing but a TCP connection.
    let descriptor = unsafe { BorrowedFd::borrow_raw(number) };
    if is_connection(descriptor)
        && let Err(cause) = set(descriptor)
    {
        tracing::debug!(%cause, "a TCP connection keeps the system's settings");
    }
}

fn is_connection(descriptor: BorrowedFd<'_>) -> bool {
    let inet = |family| [AddressFamily::INET, AddressFamily::INET6].contains(&family);
    socket_type(descriptor).is_ok_and(|kind| kind == SocketType::STREAM)
        && socket_domain(descriptor).is_ok_and(inet)
        && getpeername(descriptor).is_ok()
}

fn set(connection: BorrowedFd<'_>) -> io::Result<()> {
    set_tcp_nodelay(connection, true)?;
    set_socket_keepalive(connection, true)?;
    set_tcp_keepidle(connection, IDLE)?;
    set_tcp_keepintvl(connection, INTERVAL)?;
    set_tcp_keepcnt(connection, COUNT)?;
    set_tcp_user_timeout(connection, UNCONFIRMED)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::net::sockopt::{socket_keepalive, tcp_nodelay, tcp_user_timeout};
    use std::net::{TcpListener, TcpStream};

    #[test]
    fn connections_of_this_process_are_found_and_set() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        set_all();
        assert!(tcp_nodelay(&stream).unwrap() && socket_keepalive(&stream).unwrap());
        assert_eq!(tcp_user_timeout(&stream).unwrap(), UNCONFIRMED);
    }
}
