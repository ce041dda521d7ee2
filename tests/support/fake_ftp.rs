//! An FTP server that does what real ones only do on bad days: it refuses, cuts, stalls, lies, and names other hosts.
//! It remembers every command.

use std::{
    fmt::Write as _,
    io::{BufRead, BufReader, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

/// How a data connection ends before its time.
#[derive(Clone, Copy, Debug)]
pub enum Cut {
    /// As if the file were over.
    Fin,
    Rst,
    /// It stays open, and nothing comes.
    Stall,
}

/// How the server behaves. `Behaviour::default()` is a good one.
#[derive(Clone)]
pub struct Behaviour {
    /// Names as bytes, and contents.
    pub files: Vec<(Vec<u8>, Vec<u8>)>,
    /// Commands that it does not know.
    pub unknown: Vec<&'static str>,
    /// The beginning of a command, and what is answered instead.
    pub answers: Vec<(&'static str, &'static str)>,
    /// The length that it tells of every file, instead of the true one.
    pub length: Option<u64>,
    /// The address that PASV names.
    pub address: [u8; 4],
    /// After how many bytes of a transfer, and how, the first `cuts` transfers end.
    pub cut: Option<(usize, Cut)>,
    pub cuts: usize,
    /// After how many bytes, and how many, lists end as if they were whole.
    pub list_cut: Option<(usize, usize)>,
    /// What is said after the bytes of a transfer; nothing where it is empty.
    pub end: &'static str,
    /// What comes after the bytes of a file that were announced.
    pub more: usize,
    /// REST is answered well, and forgotten.
    pub forgets_rest: bool,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            files: Vec::new(),
            unknown: Vec::new(),
            answers: Vec::new(),
            length: None,
            address: [127, 0, 0, 1],
            cut: None,
            cuts: usize::MAX,
            list_cut: None,
            end: "226 done",
            more: 0,
            forgets_rest: false,
        }
    }
}

/// A server at work; it ends its connections when this goes.
pub struct FakeFtp {
    port: u16,
    state: Arc<State>,
}

struct State {
    behaviour: Mutex<Behaviour>,
    commands: Mutex<Vec<String>>,
    transfers: AtomicUsize,
    lists: AtomicUsize,
    over: AtomicBool,
    /// Wakes those that stall when it is over.
    woken: Condvar,
    open: Mutex<Vec<TcpStream>>,
}

impl FakeFtp {
    pub fn start(behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let state = Arc::new(State {
            behaviour: Mutex::new(behaviour),
            commands: Mutex::default(),
            transfers: AtomicUsize::new(0),
            lists: AtomicUsize::new(0),
            over: AtomicBool::new(false),
            woken: Condvar::new(),
            open: Mutex::default(),
        });
        let accepting = state.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if accepting.over.load(Ordering::SeqCst) {
                    return;
                }
                accepting.open.lock().expect("no panic").push(stream.try_clone().expect("a socket"));
                let state = accepting.clone();
                thread::spawn(move || drop(Talk::new(stream, state).serve()));
            }
        });
        Self { port, state }
    }

    pub fn url(&self, path: &str) -> String {
        format!("ftp://127.0.0.1:{}/{path}", self.port)
    }

    /// From now on it behaves so.
    pub fn behave(&self, behaviour: Behaviour) {
        *self.state.behaviour.lock().expect("no panic") = behaviour;
        self.state.transfers.store(0, Ordering::SeqCst);
        self.state.lists.store(0, Ordering::SeqCst);
    }

    /// All commands of all sessions, as they came.
    pub fn commands(&self) -> Vec<String> {
        self.state.commands.lock().expect("no panic").clone()
    }

    /// Those that begin so.
    pub fn heard(&self, beginning: &str) -> Vec<String> {
        self.commands().into_iter().filter(|line| line.starts_with(beginning)).collect()
    }

    pub fn names(&self) -> Vec<String> {
        let behaviour = self.state.behaviour.lock().expect("no panic");
        behaviour.files.iter().map(|(name, _)| String::from_utf8_lossy(name).into_owned()).collect()
    }
}

impl Drop for FakeFtp {
    fn drop(&mut self) {
        self.state.over.store(true, Ordering::SeqCst);
        self.state.woken.notify_all();
        // Wakes the thread that accepts.
        drop(TcpStream::connect(("127.0.0.1", self.port)));
        for stream in self.state.open.lock().expect("no panic").drain(..) {
            drop(stream.shutdown(Shutdown::Both));
        }
    }
}

/// One control connection.
struct Talk {
    lines: BufReader<TcpStream>,
    state: Arc<State>,
    data: Option<TcpListener>,
    rest: usize,
    renamed: Vec<u8>,
}

type Done<T> = std::io::Result<T>;

impl Talk {
    fn new(stream: TcpStream, state: Arc<State>) -> Self {
        Self { lines: BufReader::new(stream), state, data: None, rest: 0, renamed: Vec::new() }
    }

    fn say(&mut self, text: &str) -> Done<()> {
        self.lines.get_mut().write_all(format!("{text}\r\n").as_bytes())
    }

    fn serve(mut self) -> Done<()> {
        self.say("220 a server for tests")?;
        let mut line = Vec::new();
        while self.lines.read_until(b'\n', &mut line)? > 0 {
            let text = String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned();
            self.state.commands.lock().expect("no panic").push(text.clone());
            let end = line.len() - line.iter().rev().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            let argument = line[..end].splitn(2, |byte| *byte == b' ').nth(1).unwrap_or_default().to_vec();
            self.answer(&text, &argument)?;
            line.clear();
        }
        Ok(())
    }

    fn answer(&mut self, line: &str, argument: &[u8]) -> Done<()> {
        let behaviour = self.state.behaviour.lock().expect("no panic").clone();
        let verb = line.split(' ').next().unwrap_or_default();
        if let Some((_, answer)) = behaviour.answers.iter().find(|(beginning, _)| line.starts_with(beginning))
        {
            self.data = None;
            return self.say(answer);
        }
        if behaviour.unknown.contains(&verb) {
            return self.say("500 what?");
        }
        let file = behaviour.files.iter().find(|(name, _)| name == argument);
        let length = |content: &[u8]| behaviour.length.unwrap_or(content.len() as u64);
        match (verb, file) {
            ("USER", _) => self.say("331 and the password?"),
            ("PASS", _) => self.say("230 in"),
            ("CWD", _) if ["CWD in", "CWD /in", "CWD old"].contains(&line) => self.say("250 there"),
            ("PWD", _) => self.say("257 \"/in\" is where you are"),
            ("EPSV" | "PASV", _) => self.listen(verb, behaviour.address),
            ("MLSD" | "NLST" | "LIST", _) => {
                let mut list = listed(verb, &behaviour);
                let n = self.state.lists.fetch_add(1, Ordering::SeqCst);
                list.truncate(
                    behaviour.list_cut.filter(|(_, times)| n < *times).map_or(usize::MAX, |(at, _)| at),
                );
                self.send(&list, None, &behaviour, "226 listed")
            }
            ("SIZE", Some((_, content))) => self.say(&format!("213 {}", length(content))),
            ("MDTM", Some(_)) => self.say("213 20260105060000"),
            ("MLST", Some((name, content))) => {
                let name = String::from_utf8_lossy(name);
                let facts = format!("type=file;size={};modify=20260105060000;", length(content));
                self.say(&format!("250-it is\r\n {facts} {name}\r\n250 it"))
            }
            ("REST", _) => {
                self.rest = if behaviour.forgets_rest { 0 } else { line[5..].parse().unwrap_or(0) };
                self.say("350 from there")
            }
            ("RETR", Some((_, content))) => {
                let n = self.state.transfers.fetch_add(1, Ordering::SeqCst);
                let from = std::mem::take(&mut self.rest).min(content.len());
                let mut bytes = content[from..].to_vec();
                bytes.resize(bytes.len() + behaviour.more, b' ');
                let cut = behaviour.cut.filter(|_| n < behaviour.cuts);
                let cut = cut.filter(|(at, _)| *at >= from).map(|(at, how)| (at - from, how));
                self.send(&bytes, cut, &behaviour, behaviour.end)
            }
            ("RNFR", Some(_)) => {
                self.renamed = argument.to_vec();
                self.say("350 to what?")
            }
            ("RNTO", _) => {
                let mut all = self.state.behaviour.lock().expect("no panic");
                all.files.retain(|(name, _)| name != argument);
                for (name, _) in all.files.iter_mut().filter(|(name, _)| *name == self.renamed) {
                    *name = argument.to_vec();
                }
                drop(all);
                self.say("250 moved")
            }
            ("DELE", Some(_)) => {
                self.state.behaviour.lock().expect("no panic").files.retain(|(name, _)| name != argument);
                self.say("250 gone")
            }
            ("TYPE" | "NOOP" | "OPTS", _) => self.say("200 so be it"),
            ("QUIT", _) => self.say("221 bye"),
            ("SIZE" | "MDTM" | "MLST" | "RETR" | "RNFR" | "DELE" | "CWD", None) => {
                self.say("550 no such thing")
            }
            _ => self.say("500 what?"),
        }
    }

    fn listen(&mut self, verb: &str, address: [u8; 4]) -> Done<()> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        self.data = Some(listener);
        let [a, b, c, d] = address;
        match verb {
            "EPSV" => self.say(&format!("229 at (|||{port}|)")),
            _ => self.say(&format!("227 at ({a},{b},{c},{d},{},{})", port / 256, port % 256)),
        }
    }

    fn send(
        &mut self,
        bytes: &[u8],
        cut: Option<(usize, Cut)>,
        behaviour: &Behaviour,
        end: &str,
    ) -> Done<()> {
        let Some(listener) = self.data.take() else { return self.say("425 no data connection") };
        let (mut data, _) = listener.accept()?;
        self.say("150 it comes")?;
        let Some((at, how)) = cut else {
            data.write_all(bytes)?;
            drop(data);
            return if end.is_empty() { Ok(()) } else { self.say(end) };
        };
        data.write_all(&bytes[..at.min(bytes.len())])?;
        match how {
            Cut::Fin => drop(data),
            Cut::Rst => {
                rustix::net::sockopt::set_socket_linger(&data, Some(Duration::ZERO))?;
                drop(data);
            }
            Cut::Stall => {
                self.stall(data);
                return Ok(());
            }
        }
        // As servers do that do not notice.
        self.say(behaviour.end)
    }

    fn stall(&self, data: TcpStream) {
        self.state.open.lock().expect("no panic").push(data);
    }
}

/// The list as this command tells it.
fn listed(verb: &str, behaviour: &Behaviour) -> Vec<u8> {
    let mut list = Vec::new();
    if verb == "MLSD" {
        list.extend_from_slice(b"type=cdir; .\r\ntype=dir;modify=20260105060000; old\r\n");
    }
    if verb == "NLST" {
        list.extend_from_slice(b"old\r\n");
    }
    for (name, content) in &behaviour.files {
        let length = behaviour.length.unwrap_or(content.len() as u64);
        let mut before = String::new();
        match verb {
            "MLSD" => write!(before, "type=file;size={length};modify=20260105060000; "),
            "LIST" => write!(before, "-rw-r--r--   1 u        g        {length:>8} Jan  5  2026 "),
            _ => Ok(()),
        }
        .expect("a text");
        list.extend_from_slice(before.as_bytes());
        list.extend_from_slice(name);
        list.extend_from_slice(b"\r\n");
    }
    list
}
