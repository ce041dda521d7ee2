"""A TCP relay between the program and a server. It counts what passes, and at one place cuts, drops or falls silent.

It acknowledges at once what it reads (TCP_QUICKACK): without that each small statement to MySQL waits 40 ms.
"""
import select, socket, struct, threading, time

QUICK = getattr(socket, "TCP_QUICKACK", None)


class Relay:
    """Packets are counted over all connections and both directions."""

    def __init__(self, host, port):
        self.to, self.lock = (host, port), threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self.listener.getsockname()[1]
        self.pairs = set()
        self.disturb(None, 0)
        threading.Thread(target=self.accept, daemon=True).start()

    def disturb(self, do, at):
        """From now on, counting from one. `do` is None, "rst" or "fin" (this connection is cut), "silent" (nothing
        passes any more, and no end is heard), or "commit" (no reply to the at-th COMMIT: its connection is cut)."""
        with self.lock:
            self.do, self.at, self.packets, self.commits, self.fired_at = do, at, 0, 0, None

    def is_silent(self):
        return self.do == "silent" and self.fired_at is not None

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
                pair = Pair(client)
                with self.lock:
                    self.pairs.add(pair)
                threading.Thread(target=self.serve, args=(pair,), daemon=True).start()
            except OSError:
                return

    def serve(self, pair):
        try:
            if not self.is_silent():
                pair.connect(self.to)
            while self.pump(pair):
                pass
        except (OSError, ValueError):  # ValueError: it was closed meanwhile
            pass
        if not pair.silenced:
            with self.lock:
                self.pairs.discard(pair)
            pair.close()

    def pump(self, pair):
        """One packet, or none for a while; false at the end."""
        both = [one for one in (pair.client, pair.server) if one is not None]
        for source in select.select(both, [], [], 0.5)[0]:
            data = source.recv(65536)
            if QUICK is not None:
                source.setsockopt(socket.IPPROTO_TCP, QUICK, 1)
            up = source is pair.client
            act = self.passes(pair, data, up) if data else "end"
            if pair.silenced or self.is_silent():
                pair.silenced = True
                if act == "end":
                    return False  # and the other end never hears of it
                continue
            if act == "rst":
                pair.reset()
            if act:
                return False
            (pair.server if up else pair.client).sendall(data)
        return True

    def passes(self, pair, data, up):
        """What is done instead of passing it on."""
        with self.lock:
            self.packets += 1
            if up and b"COMMIT" in data:
                self.commits += 1
                if self.do == "commit" and self.commits == self.at:
                    pair.deaf, self.fired_at = True, time.monotonic()
            if pair.deaf and not up:
                return "rst"
            if self.do in ("rst", "fin", "silent") and self.packets == self.at:
                self.fired_at = time.monotonic()
                return self.do
        return None

    def close(self):
        self.listener.close()
        self.hang_up()

    def hang_up(self):
        """Ends what a silence left open."""
        with self.lock:
            pairs, self.pairs = self.pairs, set()
        for pair in pairs:
            pair.close()


class Pair:
    """Both ends of one connection."""

    def __init__(self, client):
        self.client, self.server, self.deaf, self.silenced = client, None, False, False
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def connect(self, to):
        self.server = socket.create_connection(to, 10)
        self.server.settimeout(None)
        self.server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def reset(self):
        for one in (self.client, self.server):
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def close(self):
        for one in (self.client, self.server):
            if one is not None:
                one.close()
