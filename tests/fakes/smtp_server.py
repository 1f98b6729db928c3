"""A mail server over real sockets: what it takes, it keeps; what it is told to refuse, it refuses."""

import datetime
import ipaddress
import socketserver
import ssl
import threading
from email import message_from_bytes
from email.policy import default

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "clarity", "the mail server's password"


def certificate(folder, host="127.0.0.1"):
    """A certificate for this host that nobody knows, and its key, as two files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "mail.pem", folder / "mail.key"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    paths[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    return paths


class FakeMail:
    """`answers` replaces what a command gets, by its name (DATA is the command, "." the mail's end); None hangs up.

    `taken` are the mails that it answered for with 250, or before it hung up on their end. `pem` are the files of a
    certificate; with them it offers STARTTLS, or with `wrapped` speaks TLS from the start. `login` wants one.
    """

    def __init__(self, pem=None, *, wrapped=False, login=False):
        self.answers, self.taken, self.said, self.sessions = {}, [], [], 0
        self.login, self.wrapped = login, wrapped
        self.context = None
        if pem:
            self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            self.context.load_cert_chain(*pem)
        fake = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                fake.sessions += 1
                _Session(fake, self.request).run()

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    @property
    def mails(self):
        return [message_from_bytes(raw, policy=default) for raw in self.taken]


class _Session:
    def __init__(self, fake, connection):
        self.fake, self.encrypted, self.known = fake, False, not fake.login
        self.attach(connection)
        if fake.wrapped:
            self.encrypt()

    def attach(self, connection):
        self.connection, self.file = connection, connection.makefile("rb")

    def encrypt(self):
        self.attach(self.fake.context.wrap_socket(self.connection, server_side=True))
        self.encrypted = True

    def say(self, answer):
        self.connection.sendall(answer.encode() + b"\r\n")

    def run(self):
        try:
            self.say("220 mail.example")
            while line := self.file.readline():
                if not self.obey(line.decode("ascii").rstrip("\r\n")):
                    return
        except OSError:
            pass

    def obey(self, line):
        """Whether the session goes on."""
        name, _, rest = line.partition(" ")
        name = name.upper()
        self.fake.said.append((line, self.encrypted))
        if name in self.fake.answers:
            return self.answered(self.fake.answers[name])
        return getattr(self, f"on_{name.lower()}", self.unknown)(rest)

    def answered(self, answer):
        if answer is None:
            self.connection.shutdown(2)
            return False
        self.say(answer)
        return True

    def unknown(self, _):
        return self.answered("502 unknown")

    def on_ehlo(self, _):
        offers = ["mail.example", "8BITMIME"]
        offers += ["STARTTLS"] * bool(self.fake.context and not self.encrypted)
        offers += ["AUTH PLAIN"] * self.fake.login
        for offer in offers[:-1]:
            self.say(f"250-{offer}")
        return self.answered(f"250 {offers[-1]}")

    def on_starttls(self, _):
        self.say("220 go on")
        self.encrypt()
        return True

    def on_auth(self, rest):
        import base64

        given = base64.b64decode(rest.removeprefix("PLAIN ").encode()).decode()
        self.known = given == f"\0{USER}\0{PASSWORD}"
        return self.answered("235 welcome" if self.known else "535 no")

    def on_mail(self, _):
        return self.answered("250 fine" if self.known else "530 log in first")

    def on_rcpt(self, _):
        return self.answered("250 fine")

    def on_rset(self, _):
        return self.answered("250 fine")

    def on_data(self, _):
        self.say("354 go on")
        lines = []
        while (line := self.file.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        answer = self.fake.answers.get(".", "250 taken")
        if line and (answer is None or answer.startswith("250")):
            self.fake.taken.append(b"".join(lines))
        return self.answered(answer)

    def on_quit(self, _):
        self.say("221 bye")
        return False
