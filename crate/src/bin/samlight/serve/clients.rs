//! The connections: a bounded number at once, each with a thread of its own and one deadline for its head.
//!
//! Browsers open some in advance and say nothing on them for long, and a busy machine reads slowly, so that
//! nobody may wait for another. Nor may anybody hold on to a place: the time runs from the first moment, so
//! that a client that sends an octet now and then gains nothing, and where all places are taken, the
//! connection that is the oldest makes room for the newest.

use super::http::{self, Page, Refusal};
use crate::report;
use std::{
    collections::BTreeMap,
    io::{ErrorKind, Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

/// The limits of what a client may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// From the connection to the end of the request's head.
    pub(super) head: Duration,
    /// From there to the last octet of the answer.
    pub(super) answer: Duration,
    /// Connections at once.
    pub(super) clients: usize,
}

impl Bounds {
    /// Those of the command. A head comes in one piece, so that seconds are long; a browser that was asked to
    /// stop in its debugger takes the answer late. Browsers open six connections each.
    pub(super) const IN_FORCE: Bounds =
        Bounds { head: Duration::from_secs(20), answer: Duration::from_secs(60), clients: 64 };
}

/// The connections that are open, by the order in which they came.
#[derive(Default)]
struct Open {
    next: u64,
    connections: BTreeMap<u64, TcpStream>,
}

/// The connections that are open, and word of each that has ended.
#[derive(Default)]
struct Places {
    open: Mutex<Open>,
    ended: Condvar,
}

impl Places {
    fn open(&self) -> MutexGuard<'_, Open> {
        // Nothing is done under the lock that could leave it half changed.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a place for `connection`, from the oldest where all are taken.
    fn take(&self, connection: TcpStream, most: usize) -> u64 {
        let mut open = self.open();
        while open.connections.len() >= most.max(1) {
            if let Some(oldest) = open.connections.values().next() {
                // Its thread reads the end, or fails to write, and gives its place back.
                let _gone_already = oldest.shutdown(Shutdown::Both);
            }
            open = self.ended.wait(open).unwrap_or_else(PoisonError::into_inner);
        }
        let number = open.next;
        open.next += 1;
        open.connections.insert(number, connection);
        number
    }

    fn give_back(&self, number: u64) {
        self.open().connections.remove(&number);
        self.ended.notify_all();
    }
}

/// Answers whoever connects, until the listener fails.
pub(super) fn serve(listener: &TcpListener, page: Page, bounds: Bounds) {
    let (page, places) = (Arc::new(page), Arc::new(Places::default()));
    for connection in listener.incoming() {
        // One visitor's broken connection ends nothing.
        if let Err(error) = connection.and_then(|connection| begin(connection, &page, &places, bounds)) {
            report(&error.to_string());
        }
    }
}

/// Begins to answer one connection.
fn begin(
    mut connection: TcpStream,
    page: &Arc<Page>,
    places: &Arc<Places>,
    bounds: Bounds,
) -> std::io::Result<()> {
    let number = places.take(connection.try_clone()?, bounds.clients);
    let (page, holder) = (Arc::clone(page), Arc::clone(places));
    let begun = thread::Builder::new().spawn(move || {
        if let Err(error) = answer(&mut connection, &page, bounds) {
            report(&error.to_string());
        }
        let _gone_already = connection.shutdown(Shutdown::Both);
        holder.give_back(number);
    });
    if begun.is_err() {
        places.give_back(number);
    }
    begun.map(drop)
}

fn answer(connection: &mut TcpStream, page: &Page, bounds: Bounds) -> std::io::Result<()> {
    let answer = match head(connection, Instant::now() + bounds.head)? {
        // A browser opens connections in advance and may not use them.
        Ok(head) if head.is_empty() => return Ok(()),
        Ok(head) => http::response(&head, page),
        Err(refusal) => http::refusal(refusal),
    };
    write(connection, &answer, Instant::now() + bounds.answer)
}

/// The octets of a request up to the end of its head, or to where the client ended them.
fn head(connection: &mut TcpStream, deadline: Instant) -> std::io::Result<Result<Vec<u8>, Refusal>> {
    let mut head = Vec::new();
    let mut part = [0; 1024];
    loop {
        let Some(left) = left(deadline) else {
            return Ok(if head.is_empty() { Ok(head) } else { Err(Refusal::TooLate) });
        };
        connection.set_read_timeout(Some(left))?;
        match connection.read(&mut part) {
            Ok(0) => return Ok(Ok(head)),
            Ok(read) => {
                let before = head.len();
                head.extend_from_slice(part.get(..read).unwrap_or_default());
                if http::ends_head(&head, before) {
                    return Ok(Ok(head));
                }
                if head.len() > http::HEAD_BYTES {
                    return Ok(Err(Refusal::TooLarge));
                }
            }
            Err(error) if is_wait(&error) => {}
            Err(error) => return Err(error),
        }
    }
}

/// Writes all, if the client takes it before the deadline.
fn write(connection: &mut TcpStream, mut octets: &[u8], deadline: Instant) -> std::io::Result<()> {
    while !octets.is_empty() {
        let Some(left) = left(deadline) else { return Ok(()) };
        connection.set_write_timeout(Some(left))?;
        match connection.write(octets) {
            Ok(0) => return Ok(()),
            Ok(written) => octets = octets.get(written..).unwrap_or_default(),
            Err(error) if is_wait(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// The time until the deadline, if there is any.
fn left(deadline: Instant) -> Option<Duration> {
    deadline.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())
}

/// Whether the time of one wait is over, or the wait was broken off.
fn is_wait(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{Ipv4Addr, SocketAddr};

    /// Long beyond anything that a test waits for.
    const EVER: Duration = Duration::from_secs(3_600);

    /// A server with one page of `size` octets, on a port of its own; it ends with the test program.
    fn start(bounds: Bounds, size: usize) -> SocketAddr {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let files = [("index.html".to_owned(), ("text/html", vec![b'x'; size]))].into();
        thread::spawn(move || serve(&listener, Page { files, port: address.port() }, bounds));
        address
    }

    fn head_for(address: SocketAddr) -> String {
        format!("GET / HTTP/1.1\r\nHost: {address}\r\n\r\n")
    }

    /// All that the server says until it closes the connection.
    fn rest(connection: &mut TcpStream) -> String {
        let mut answer = Vec::new();
        // A connection that is closed while something is unread is reset behind what was said.
        let _end = connection.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }

    fn ask(address: SocketAddr) -> String {
        let mut connection = TcpStream::connect(address).unwrap();
        connection.write_all(head_for(address).as_bytes()).unwrap();
        rest(&mut connection)
    }

    #[test]
    fn a_head_has_one_deadline_however_often_an_octet_comes() {
        let bounds = Bounds { head: Duration::from_millis(300), answer: EVER, clients: 8 };
        let address = start(bounds, 8);
        let mut slow = TcpStream::connect(address).unwrap();
        slow.set_read_timeout(Some(Duration::from_millis(5))).unwrap();
        let mut octets = b"GET / HTTP/1.1\r\nX: ".iter().chain(std::iter::repeat(&b'x'));
        let mut said = Vec::new();
        let mut part = [0; 512];
        // Goes on sending until it is answered. An octet each time resets any time that runs anew.
        let answered = loop {
            if let Err(error) = slow.write_all(&[*octets.next().unwrap()]) {
                panic!("closed without a word: {error}");
            }
            match slow.read(&mut part) {
                Ok(read) => break read,
                Err(error) if is_wait(&error) => {}
                Err(error) => panic!("{error}"),
            }
        };
        said.extend_from_slice(&part[..answered]);
        // Not 431: that would be the limit of octets.
        assert!(said.starts_with(b"HTTP/1.1 408 "), "{}", String::from_utf8_lossy(&said));
        assert!(ask(address).starts_with("HTTP/1.1 200 "));
    }

    #[test]
    fn clients_that_say_nothing_hold_up_nobody() {
        let address = start(Bounds { head: EVER, answer: EVER, clients: 4 }, 8);
        // More than there are places, each with the beginning of a head.
        let mut silent: Vec<TcpStream> = (0..12).map(|_| TcpStream::connect(address).unwrap()).collect();
        for connection in &mut silent {
            // Those that have made room are closed by now.
            let _closed = connection.write_all(b"GET / HT");
        }
        for _ in 0..6 {
            assert!(ask(address).starts_with("HTTP/1.1 200 "));
        }
        // The oldest have made room; without a deadline, nothing else ends them.
        assert_eq!(rest(&mut silent[0]), "");
    }

    #[test]
    fn a_client_that_takes_nothing_holds_up_nobody() {
        // More than lies in the buffers of a connection.
        const SIZE: usize = 32 * 1024 * 1024;
        let address = start(Bounds { head: EVER, answer: Duration::from_millis(100), clients: 1 }, SIZE);
        let mut lazy = TcpStream::connect(address).unwrap();
        lazy.write_all(head_for(address).as_bytes()).unwrap();
        // It begins to be answered, takes no more, and its place is needed.
        lazy.read_exact(&mut [0; 1]).unwrap();
        let mut next = TcpStream::connect(address).unwrap();
        next.write_all(b"x\r\n\r\n").unwrap();
        assert!(rest(&mut next).starts_with("HTTP/1.1 400 "));
        assert!(rest(&mut lazy).len() < SIZE);
    }

    #[test]
    fn several_clients_are_answered_at_once() {
        let address = start(Bounds { head: EVER, answer: EVER, clients: 4 }, 8);
        let mut half: Vec<TcpStream> = (0..3).map(|_| TcpStream::connect(address).unwrap()).collect();
        let head = head_for(address);
        let (first, second) = head.split_at(10);
        half.iter_mut().for_each(|connection| connection.write_all(first.as_bytes()).unwrap());
        assert!(ask(address).starts_with("HTTP/1.1 200 "));
        for connection in half.iter_mut().rev() {
            connection.write_all(second.as_bytes()).unwrap();
            assert!(rest(connection).starts_with("HTTP/1.1 200 "));
        }
    }

    #[test]
    fn a_head_that_never_ends_is_refused() {
        let address = start(Bounds { head: EVER, answer: EVER, clients: 4 }, 8);
        let mut connection = TcpStream::connect(address).unwrap();
        // One octet more than is read, and none behind it: what is left unread resets the connection.
        connection.write_all(&b"a".repeat(http::HEAD_BYTES + 1)).unwrap();
        let answer = rest(&mut connection);
        assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    }
}
