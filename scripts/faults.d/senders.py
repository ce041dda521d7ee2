"""Servers that files are fetched from: vsftpd, OpenSSH, moto behind a check of signatures, and nginx, as scripts/servers
names them. Each has a folder `in`, and where files can be moved also `in/done`."""
import contextlib, http.client, os, random, shutil, socket, subprocess, tempfile, time
from cutter import Cutter

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CERTIFICATES, KEYS = f"{ROOT}/tests/support/certificates", f"{ROOT}/tests/support/ssh_keys"
IS_ROOT = os.geteuid() == 0
BEHIND = "127.0.0.2"  # where servers listen whose data ports the relay has on 127.0.0.1


def named(variable):
    program = os.environ.get(variable)
    if not program:
        raise RuntimeError(f"{variable} is not set; see scripts/servers help")
    return program


def free_ports(count, host="127.0.0.1"):
    """Ports in a row that nobody listens on."""
    for first in random.sample(range(10000, 32000), 100):
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            for port in range(first, first + count):
                for address in {host, "127.0.0.1"}:
                    stack.enter_context(socket.create_server((address, port)))
            return first
    raise RuntimeError("no free ports")


class Sender:
    """One server, and the relay before it."""

    name, moves, user = "", True, None

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="tieout-sender-")
        os.chmod(self.folder, 0o755)
        if os.path.basename(tempfile.gettempdir()).startswith("tieout-faults-"):
            os.chmod(tempfile.gettempdir(), 0o711)  # of main.py: servers run as somebody else
        os.makedirs(f"{self.folder}/files/in/done")
        self.child = self.cutter = None

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.cutter:
            self.cutter.close()
        if self.child:
            self.child.kill()
            self.child.wait()
        shutil.rmtree(self.folder, True)

    def spawn(self, argv, host, port, **more):
        if IS_ROOT and self.user:
            argv = ["setpriv", f"--reuid={self.user}", f"--regid={self.user}", "--clear-groups", *argv]
        with open(f"{self.folder}/log", "wb") as log:
            self.child = subprocess.Popen(argv, stdout=more.pop("stdout", log), stderr=log, **more)
        until = time.monotonic() + 20
        while port and time.monotonic() < until and self.child.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection((host, port), 1):
                return
            time.sleep(0.05)
        if port:
            with open(f"{self.folder}/log", errors="replace") as log:
                raise RuntimeError(f"the server of {self.name} did not start: {log.read()[-300:]}")

    def own(self, *paths):
        """Gives files to whom the server runs as."""
        for path in paths:
            if IS_ROOT and self.user:
                os.chown(path, self.user, self.user)

    def fill(self, files):
        """These files lie in `in`, and nothing else anywhere."""
        for folder in ("in", "in/done"):
            for entry in os.scandir(f"{self.folder}/files/{folder}"):
                if entry.is_file():
                    os.remove(entry.path)
        for name, text in files.items():
            with open(f"{self.folder}/files/in/{name}", "w") as file:
                file.write(text)
            self.own(file.name)
        self.own(f"{self.folder}/files/in", f"{self.folder}/files/in/done")

    def take(self, path):
        """A large file lies in `in` alone."""
        self.fill({})
        shutil.move(path, f"{self.folder}/files/in/large.xml")
        self.own(f"{self.folder}/files/in/large.xml")

    def lies(self):
        """{path below `in`: text} of what lies there."""
        found = {}
        for folder in ("", "done/"):
            for entry in os.scandir(f"{self.folder}/files/in/{folder}"):
                if entry.is_file():
                    with open(entry.path, errors="replace") as file:
                        found[f"{folder}{entry.name}"] = file.read()
        return found


class Ftp(Sender):
    name, user, tls, data = "ftp", 65534, "", 12

    def start(self):
        folder = self.folder
        os.mkdir(f"{folder}/empty")
        with open(f"{folder}/passwords", "w") as file:
            file.write("secret\n")
        shutil.copy(f"{CERTIFICATES}/localhost.pem", folder)
        shutil.copy(f"{CERTIFICATES}/localhost.key", folder)
        first = free_ports(self.data + 1, BEHIND)
        account = "nobody" if IS_ROOT else os.environ.get("USER", "nobody")
        tls = (f"ssl_enable=YES\nallow_anon_ssl=YES\nforce_anon_logins_ssl=YES\nforce_anon_data_ssl=YES\nssl_tlsv1=YES\n"
               f"require_ssl_reuse=YES\nrsa_cert_file={folder}/localhost.pem\n"
               f"rsa_private_key_file={folder}/localhost.key\n") if self.tls else ""
        with open(f"{folder}/config", "w") as file:
            file.write(
                f"listen=YES\nlisten_address={BEHIND}\nlisten_port={first}\nbackground=NO\nrun_as_launching_user=YES\n"
                f"pasv_min_port={first + 1}\npasv_max_port={first + self.data}\n"
                f"anonymous_enable=YES\nlocal_enable=NO\nanon_root={folder}/files\nsecure_email_list_enable=YES\n"
                f"email_password_file={folder}/passwords\nwrite_enable=YES\nanon_upload_enable=YES\n"
                "anon_mkdir_write_enable=YES\nanon_other_write_enable=YES\nanon_world_readable_only=NO\nanon_umask=022\n"
                f"secure_chroot_dir={folder}/empty\nseccomp_sandbox=NO\nftp_username={account}\nnopriv_user={account}\n"
                f"xferlog_enable=NO\n{tls}")
        self.own(f"{folder}/files", f"{folder}/files/in", f"{folder}/files/in/done", f"{folder}/empty",
                 f"{folder}/passwords", f"{folder}/config", f"{folder}/localhost.key")
        self.spawn([named("TIEOUT_TEST_VSFTPD"), f"{folder}/config"], BEHIND, first)
        self.cutter = Cutter(BEHIND, [(0, first), *((port, port) for port in range(first + 1, first + self.data + 1))])

    def source(self):
        scheme = "ftps" if self.tls else "ftp"
        return (f'url = "{scheme}://anonymous:secret@127.0.0.1:{self.cutter.port}/in"\n'
                + (f'ca_file = "{CERTIFICATES}/authority.pem"\n' if self.tls else ""))


class Ftps(Ftp):
    name, tls = "ftps", True


class Sftp(Sender):
    name, user = "sftp", 1

    def start(self):
        folder, port = self.folder, free_ports(1)
        shutil.copy(f"{KEYS}/host", folder)
        os.chmod(f"{folder}/host", 0o600)
        shutil.copy(f"{KEYS}/ed25519.pub", f"{folder}/admitted")
        with open(f"{folder}/config", "w") as file:
            file.write(
                f"Port {port}\nListenAddress 127.0.0.1\nAuthorizedKeysFile {folder}/admitted\nStrictModes no\nUsePAM no\n"
                "PasswordAuthentication no\nKbdInteractiveAuthentication no\nPidFile none\nMaxStartups 100\n"
                f"Subsystem sftp internal-sftp\nForceCommand internal-sftp -d {folder}/files\nHostKey {folder}/host\n")
        self.own(f"{folder}/files", f"{folder}/files/in", f"{folder}/files/in/done", f"{folder}/host")
        self.spawn([named("TIEOUT_TEST_SSHD"), "-D", "-e", "-f", f"{folder}/config"], "127.0.0.1", port)
        self.cutter = Cutter("127.0.0.1", [(0, port)])

    def source(self):
        user = "daemon" if IS_ROOT else subprocess.check_output(["id", "-un"], text=True).strip()
        with open(f"{KEYS}/host.pub") as file:
            key = file.read().strip()
        return (f'url = "sftp://{user}@127.0.0.1:{self.cutter.port}/~/in"\n'
                f'identity = "{KEYS}/ed25519"\nhost_key = "{key}"\n')


class Http(Sender):
    name, moves = "http", False

    def start(self):
        port = free_ports(1)
        kept = "".join(f"{name}_temp_path kept-{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        with open(f"{self.folder}/config", "w") as file:
            file.write(f"daemon off; master_process off; pid pid; error_log stderr warn; events {{}}\n"
                       f"http {{ {kept} access_log off; autoindex on; default_type application/octet-stream;\n"
                       f"types {{ text/html html; }} server {{ listen 127.0.0.1:{port}; root files; }} }}\n")
        self.spawn([named("TIEOUT_TEST_NGINX"), "-e", "stderr", "-c", "config", "-p", self.folder], "127.0.0.1", port)
        self.cutter = Cutter("127.0.0.1", [(0, port)])

    def source(self):
        return f'url = "http://127.0.0.1:{self.cutter.port}/in/"\n'


class S3(Sender):
    name = "s3"

    def start(self):
        argv = [named("TIEOUT_TEST_MOTO"), f"{ROOT}/scripts/servers.d/s3.py"]
        self.spawn(argv, None, None, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        line = self.child.stdout.readline().split()
        if not line:
            raise RuntimeError("the server of s3 did not start")
        self.port = int(line[0])
        self.ask("PUT", "bank")
        self.cutter = Cutter("127.0.0.1", [(0, self.port)])

    def ask(self, method, path, body=b"", length=None):
        headers = {"x-tests": "1", "content-type": "application/xml"}
        if length is not None:
            headers["content-length"] = str(length)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        with contextlib.closing(connection):
            connection.request(method, f"/{path}", body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()

    def fill(self, files):
        for folder in ("in", "in/done"):
            for name in {"a.xml", "b.xml", "large.xml", *files}:
                self.ask("DELETE", f"bank/{folder}/{name}")
        for name, text in files.items():
            self.ask("PUT", f"bank/in/{name}", text.encode())

    def take(self, path):
        self.fill({})
        with open(path, "rb") as file:
            self.ask("PUT", "bank/in/large.xml", file, os.path.getsize(path))
        os.remove(path)

    def lies(self):
        found = {}
        for name in ("a.xml", "b.xml", "done/a.xml", "done/b.xml"):
            status, body = self.ask("GET", f"bank/in/{name}")
            if status == 200:
                found[name] = body.decode(errors="replace")
        return found

    def source(self):
        return (f'url = "s3://bank/in/"\nendpoint = "http://127.0.0.1:{self.cutter.port}"\n'
                'user = "tests"\npassword = "canary-4711"\n')


SENDERS = {one.name: one for one in (Ftp, Ftps, Sftp, S3, Http)}
