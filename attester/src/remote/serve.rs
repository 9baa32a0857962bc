//! The build machine's side.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;

use super::frame::{self, Kind};
use super::tls::Identity;
use super::{Hello, Item, Order, SEED, VERSION, bound, objects};
use crate::build::{self, Options};
use crate::event::{Event, Reporter};
use crate::evidence::Attester;
use crate::failure::{At as _, Done, Failure};
use crate::guard::Guard;
use crate::interrupt;
use crate::sandbox::Limits;

/// How long a requester may say nothing while it is its turn.
const PATIENCE: Duration = Duration::from_secs(120);

/// How long it may take until a requester has said hello, and until all of a source is here. Who sends a byte
/// now and then would keep all others waiting.
const GREETING: Duration = Duration::from_secs(60);
const SENDING: Duration = Duration::from_secs(2 * 3600);

/// How often is looked whether to stop.
const LOOK: Duration = Duration::from_millis(50);

/// A build machine that takes orders, one after the other.
pub struct Server<'s> {
    listener: TcpListener,
    attester: &'s dyn Attester,
    limits: Limits,
}

impl core::fmt::Debug for Server<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Server").field("listener", &self.listener).finish_non_exhaustive()
    }
}

/// What became of one order.
pub type Served = (SocketAddr, Done);

impl<'s> Server<'s> {
    /// Listens at an address, such as `0.0.0.0:4460`.
    ///
    /// # Errors
    /// [`Failure`] where that can't be done.
    pub fn new(address: &str, attester: &'s dyn Attester, limits: Limits) -> Done<Self> {
        let cant = |error| Failure::usage(format!("can't listen at `{}`: {error}", address.escape_debug()));
        let listener = TcpListener::bind(address).map_err(cant)?;
        listener.set_nonblocking(true).map_err(cant)?;
        Ok(Self { listener, attester, limits })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// [`Failure`] where the system doesn't say.
    pub fn address(&self) -> Done<SocketAddr> {
        self.listener.local_addr().at("ask for", Path::new("the address"))
    }

    /// Takes the next order and builds it. What goes wrong with one order ends no server.
    ///
    /// # Errors
    /// [`Failure`] where a signal came.
    pub fn next(&self, reporter: &mut dyn Reporter) -> Done<Served> {
        loop {
            interrupt::check()?;
            match self.listener.accept() {
                Ok((tcp, from)) => return Ok((from, self.one(tcp, reporter))),
                // Nobody is there, or whoever was there has gone again.
                Err(_) => std::thread::sleep(LOOK),
            }
        }
    }

    fn one(&self, tcp: TcpStream, reporter: &mut dyn Reporter) -> Done {
        let place = Path::new("the connection");
        tcp.set_nonblocking(false).at("wait for", place)?;
        tcp.set_read_timeout(Some(PATIENCE)).at("wait for", place)?;
        tcp.set_write_timeout(Some(PATIENCE)).at("wait for", place)?;
        let identity = Identity::new()?;
        let connection = tcp.try_clone().at("wait for", place)?;
        let greeting = Deadline::new(&connection, GREETING)?;
        let mut stream = identity.accept(tcp)?;
        let done = self.order(&identity, &mut stream, (greeting, &connection), reporter);
        if let Err(failure) = &done {
            frame::refuse(&mut stream, failure);
        }
        stream.conn.send_close_notify();
        let _ = stream.flush();
        done
    }

    fn order(
        &self,
        identity: &Identity,
        stream: &mut (impl Read + Write),
        (greeting, connection): (Deadline, &TcpStream),
        reporter: &mut dyn Reporter,
    ) -> Done {
        let hello: Hello = frame::read_json(stream, Kind::Hello)?;
        drop(greeting);
        let mut nonce = [0; 32];
        let read = base16ct::lower::decode(&hello.nonce, &mut nonce).is_ok_and(|read| read.len() == 32);
        if hello.version != VERSION || !read {
            return Err(Failure::usage(
                "a requester has to begin with a version that is known here and a nonce of 32 bytes",
            ));
        }
        let evidence = self.attester.attest(&bound(identity.public(), &nonce), build::now()?)?;
        frame::write_item(stream, &Item::named("evidence.json"), evidence.envelope.as_slice())?;
        frame::end(stream)?;
        let sending = Deadline::new(connection, SENDING)?;
        // Whoever isn't convinced goes here.
        let order: Order = frame::read_json(stream, Kind::Order)?;
        let guard = Guard::start()?;
        let work = guard.folder(&std::env::temp_dir(), "")?;
        let source = work.path().join("repository");
        objects::receive(stream, &source)?;
        drop(sending);
        let options = Options {
            project: source,
            reference: Some(order.commit),
            source_uri: Some(order.source_uri),
            toolchain: order.toolchain,
            command: order.command,
            artifacts: order.artifacts,
            nonce: nonce_of(&order.nonce)?,
            limits: self.limits,
            output: work.path().join("bundle"),
            seed: Some(work.path().join(SEED)),
            allow_inconclusive: false,
        };
        let mut told = Told { stream: &mut *stream, reporter };
        let built = build::build(&options, self.attester, &mut told)?;
        let seed = work.path().join(SEED);
        frame::write_item(stream, &Item::named(SEED), File::open(&seed).at("read", &seed)?)?;
        bundle(stream, &built.folder)
    }
}

/// Ends a connection after a time, unless it is dropped before.
struct Deadline(#[expect(dead_code, reason = "it is there to be dropped")] Sender<()>);

impl Deadline {
    fn new(connection: &TcpStream, time: Duration) -> Done<Self> {
        let connection = connection.try_clone().at("wait for", Path::new("the connection"))?;
        let (sender, dropped) = channel();
        std::thread::spawn(move || {
            if dropped.recv_timeout(time) == Err(RecvTimeoutError::Timeout) {
                let _ = connection.shutdown(Shutdown::Both);
            }
        });
        Ok(Self(sender))
    }
}

fn nonce_of(text: &str) -> Done<[u8; 16]> {
    let mut nonce = [0; 16];
    match base16ct::lower::decode(text, &mut nonce) {
        Ok(read) if read.len() == 16 => Ok(nonce),
        _ => Err(Failure::usage("the nonce of an order is 32 lower-case hex digits")),
    }
}

/// Sends every file of the bundle.
fn bundle(stream: &mut impl Write, folder: &Path) -> Done {
    let mut pending = vec![String::new()];
    while let Some(below) = pending.pop() {
        let at = folder.join(&below);
        for entry in std::fs::read_dir(&at).at("list", &at)? {
            let entry = entry.at("list", &at)?;
            let name = entry.file_name();
            let name = name.to_str().ok_or_else(|| Failure::build("an artifact's name is not UTF-8"))?;
            let path = if below.is_empty() { name.to_owned() } else { format!("{below}/{name}") };
            if entry.file_type().at("look at", &entry.path())?.is_dir() {
                pending.push(path);
            } else {
                let file = File::open(entry.path()).at("read", &entry.path())?;
                let mode = file.metadata().at("look at", &entry.path())?.permissions().mode();
                frame::write_item(stream, &Item { name: path, executable: mode & 0o100 != 0 }, file)?;
            }
        }
    }
    frame::end(stream)
}

/// Tells the requester, too.
struct Told<'t, S> {
    stream: &'t mut S,
    reporter: &'t mut dyn Reporter,
}

impl<S: Write> Reporter for Told<'_, S> {
    fn report(&mut self, event: &Event<'_>) {
        // What the source is about is the requester's business: the machine's own log has the steps alone.
        if !matches!(event, Event::Output { .. }) {
            self.reporter.report(event);
        }
        if !matches!(event, Event::Bundle { .. }) {
            let _ = frame::write_json(self.stream, Kind::Event, event);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_ends_the_connection_and_one_that_was_dropped_does_not() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (mut far, _) = listener.accept().unwrap();
        drop(Deadline::new(&far, Duration::from_secs(3600)).unwrap());
        near.write_all(b"x").unwrap();
        assert_eq!(far.read(&mut [0; 2]).unwrap(), 1);
        let _over = Deadline::new(&far, Duration::ZERO).unwrap();
        assert_eq!(far.read(&mut [0; 2]).unwrap(), 0);
        assert_eq!(near.read(&mut [0; 2]).unwrap(), 0);
    }
}
