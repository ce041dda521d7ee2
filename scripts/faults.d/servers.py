"""SQL on the servers that scripts/servers names, by their own clients."""
import contextlib, os, subprocess
from urllib.parse import unquote, urlparse

KINDS = {"lite": "sqlite", "pg": "postgres", "my": "mysql", "maria": "mariadb"}
CLIENTS = {"sqlite": ("TIEOUT_TEST_SQLITE3", "sqlite3"), "postgres": ("TIEOUT_TEST_PSQL", "psql"),
           "mysql": ("TIEOUT_TEST_MYSQL_CLIENT", "mysql"), "mariadb": ("TIEOUT_TEST_MARIADB_CLIENT", "mariadb")}


class Server:
    """One server, or SQLite."""

    def __init__(self, kind):
        self.kind = kind
        variable, usual = CLIENTS[kind]
        self.client = os.environ.get(variable, usual)
        if kind != "sqlite":
            url = os.environ.get(f"TIEOUT_TEST_{kind.upper()}_URL")
            if not url:
                raise SystemExit(f"faults: TIEOUT_TEST_{kind.upper()}_URL is not set; see scripts/servers help")
            parts = urlparse(url)
            self.host, self.port = parts.hostname, parts.port
            self.user, self.password = unquote(parts.username), unquote(parts.password or "")
            self.database = parts.path.lstrip("/")

    def url(self, database, host, port):
        # In the clear, so that the proxy can tell a COMMIT.
        plain = "sslmode=disable" if self.kind == "postgres" else "ssl-mode=DISABLED"
        return f"{self.kind}://{self.user}:{self.password}@{host}:{port}/{database}?{plain}"

    def sql(self, text, database=None):
        """Runs it as the administrator; gives the rows as lines, fields between bars or tabs."""
        if self.kind == "sqlite":
            argv, env = [self.client, "-batch", "-noheader", database], {}
            text = ".timeout 10000\n" + text
        elif self.kind == "postgres":
            argv = [self.client, "-XqtA", "-v", "ON_ERROR_STOP=1", "-h", self.host, "-p", str(self.port),
                    "-U", self.user, "-d", database or self.database]
            env = {"PGPASSWORD": self.password, "PGOPTIONS": "-c client_min_messages=warning"}
        else:
            argv = [self.client, "--no-defaults", "-h", self.host, "-P", str(self.port), "-u", self.user, "-N", "-B",
                    "--default-character-set=utf8mb4", database or self.database]
            env = {"MYSQL_PWD": self.password}
        done = subprocess.run(argv, input=text, text=True, capture_output=True, env={**os.environ, **env},
                              errors="replace")
        if done.returncode != 0:
            raise RuntimeError(f"{self.kind}: {done.stderr.strip()[:500]}\n{text[:500]}")
        return done.stdout.splitlines()

    def create(self, database):
        charset = "" if self.kind == "postgres" else " CHARACTER SET utf8mb4"
        self.sql(f"CREATE DATABASE {database}{charset};")

    def drop(self, database):
        if self.kind != "postgres":
            # A statement that a killed program left at work would hold it up.
            for number in self.sql(f"SELECT id FROM information_schema.processlist WHERE db = '{database}';"):
                with contextlib.suppress(RuntimeError):
                    self.sql(f"KILL {number};")
        force = " WITH (FORCE)" if self.kind == "postgres" else ""
        self.sql(f"DROP DATABASE IF EXISTS {database}{force};")

    def tables(self, database):
        """Names of tieout's own tables, but for the history of migrations."""
        query = {
            "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'tieout!_%' ESCAPE '!';",
            "postgres": "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
                        " AND table_type = 'BASE TABLE' AND table_name LIKE 'tieout!_%' ESCAPE '!';",
        }.get(self.kind, "SELECT table_name FROM information_schema.tables WHERE table_schema = database()"
                         " AND table_type = 'BASE TABLE' AND table_name LIKE 'tieout!_%' ESCAPE '!';")
        return sorted(name for name in self.sql(query, database) if name != "tieout_schema_history")

    def end_lock_holders(self, database):
        """Ends the sessions that hold advisory locks in this database (of anybody, on MySQL and MariaDB: by its name)."""
        if self.kind == "postgres":
            self.sql("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND database ="
                     f" (SELECT oid FROM pg_database WHERE datname = '{database}');")
        elif self.kind in ("mysql", "mariadb"):
            # Of the idle sessions of this database: the lock's session only waits.
            rows = self.sql(f"SELECT id FROM information_schema.processlist WHERE db = '{database}'"
                            " AND command = 'Sleep' ORDER BY id LIMIT 1;")
            for number in rows:
                self.sql(f"KILL {number};")
