"""A TCP relay before a server of files, which cuts one connection after the N-th byte that the server says.

Bytes are counted over all connections. It may stand before several ports at once: FTP sends files on other ones.
"""
import contextlib, socket, struct, threading, time


class Cutter:
    """`ports`: where it listens (0 is any), and where the server listens on `host`. `port` is the first of the former."""

    def __init__(self, host, ports):
        self.host, self.lock, self.open = host, threading.Lock(), set()
        self.disturb(None, 0)
        self.listeners = []
        for listens, upstream in ports:
            listener = socket.create_server(("127.0.0.1", listens), backlog=64)
            self.listeners.append(listener)
            threading.Thread(target=self.accept, args=(listener, upstream), daemon=True).start()
        self.port = self.listeners[0].getsockname()[1]

    def disturb(self, do, at):
        """From now on: `do` is None, or "fin", "rst" or "stall", once `at` bytes have passed."""
        with self.lock:
            self.do, self.at, self.passed, self.fired = do, at, 0, False

    def accept(self, listener, upstream):
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with self.lock:
                self.open.add(client)
            threading.Thread(target=self.serve, args=(client, upstream), daemon=True).start()

    def serve(self, client, upstream):
        server = None
        try:
            server = socket.create_connection((self.host, upstream), 10)
            server.settimeout(None)
            with self.lock:
                self.open.add(server)
            for one in (client, server):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            asks = threading.Thread(target=self.asks, args=(client, server), daemon=True)
            asks.start()
            self.answers(server, client)
            asks.join(60)
        except OSError:
            pass  # nobody is there, or not any more
        with self.lock:
            self.open -= {client, server}
        for one in (client, server):
            if one:
                one.close()

    def asks(self, client, server):
        """What the client says, until it says no more; also when nobody hears it."""
        with contextlib.suppress(OSError):
            while data := client.recv(65536):
                with contextlib.suppress(OSError):
                    server.sendall(data)
            server.shutdown(socket.SHUT_WR)

    def answers(self, server, client):
        """What the server says, until it says no more or is cut off."""
        with contextlib.suppress(OSError):
            while data := server.recv(65536):
                allowed, act = self.passes(len(data))
                client.sendall(data[:allowed])
                if act:
                    return self.cut(act, server, client)
            client.shutdown(socket.SHUT_WR)

    def passes(self, length):
        """How many of these bytes pass, and what happens then."""
        with self.lock:
            before, self.passed = self.passed, self.passed + length
            if self.do is None or self.fired or self.passed <= self.at:
                return length, None
            self.fired = True
            return max(0, self.at - before), self.do

    def cut(self, act, server, client):
        if act == "stall":
            return  # and the client waits
        if act == "rst":
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            # A socket that a thread waits for is not closed.
            client.shutdown(socket.SHUT_RD)
        else:
            client.shutdown(socket.SHUT_WR)
        server.shutdown(socket.SHUT_RDWR)

    def hang_up(self):
        """Ends what is still open, so that nothing of it meets what is disturbed next."""
        with self.lock:
            left = list(self.open)
        for one in left:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for _ in range(500):
            if not self.open:
                return
            time.sleep(0.02)

    def close(self):
        for listener in self.listeners:
            listener.close()
        self.hang_up()
