"""A real PostgreSQL, started from the server binaries that are installed, in a folder of its own."""

import contextlib
import functools
import itertools
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import psycopg

from service.store.migrate import HEAD
from tests.needs import need

PLACES = ("/usr/lib/postgresql", "/usr/local/pgsql", "/opt/homebrew/opt", "/usr/pgsql-17", "/usr/pgsql-16")
USER = "postgres"


@functools.cache
def binaries():
    """The folder of the newest `initdb` there is; None without one."""
    found = [path for place in PLACES for path in Path(place).glob("**/bin/initdb")]
    if not found and (known := shutil.which("initdb")):
        found = [Path(known)]
    return max(found, key=str).parent if found else None


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Postgres:
    """One server. `durable` keeps fsync on, as in production; `environ` is added to the server's environment."""

    def __init__(self, *, durable=False, environ=None):
        need(binaries(), "PostgreSQL (initdb and pg_ctl)")
        self.durable, self.environ = durable, environ or {}
        self.folder = Path(tempfile.mkdtemp(prefix="clarity-pg-"))
        self.folder.chmod(0o755)
        self.data = self.folder / "data"
        self.port = free_port()
        self.numbers = itertools.count()
        if os.geteuid() == 0:  # the server refuses to run as root
            shutil.chown(self.folder, USER, USER)
        self._run("initdb", "-D", self.data, "-U", USER, "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C")

    def _run(self, name, *arguments, check=True):
        command = [binaries() / name, *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", USER, "--", *command]
        environ = os.environ | self.environ
        done = subprocess.run(
            [str(part) for part in command],
            cwd=self.folder,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert not check or done.returncode == 0, f"{name}: {done.stdout}"
        return done

    def start(self):
        options = [
            f"-k {self.folder}",
            f"-p {self.port}",
            "-c listen_addresses=127.0.0.1",
            "-c max_connections=200",
        ]
        if not self.durable:
            options += ["-c fsync=off", "-c synchronous_commit=off", "-c full_page_writes=off"]
        command = ["pg_ctl", "-D", self.data, "-l", self.folder / "log", "-w", "-o", " ".join(options), "start"]
        # Under a clock that is moved it may come upon what a killed process of the same number has left.
        for _ in range(3 if self.environ else 0):
            if self._run(*command, check=False).returncode == 0:
                return self
        self._run(*command)
        return self

    def stop(self, mode="fast"):
        """`immediate` is as good as pulling the plug."""
        self._run("pg_ctl", "-D", self.data, "-m", mode, "-w", "stop", check=False)

    def remove(self):
        self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database="postgres"):
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"

    def create(self, template="template0", options=""):
        """A new database; its URL."""
        name = f"clarity{next(self.numbers)}"
        with self.admin() as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} {options}")
        return self.url(name)

    def drop(self, url):
        with contextlib.suppress(psycopg.Error), self.admin() as connection:
            connection.execute(f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")

    def admin(self):
        return psycopg.connect(self.url(), autocommit=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.remove()


@functools.cache
def shared():
    """One server for all tests of a run, with a template that is up to date."""
    import atexit

    from service.settings import Secret
    from service.store import Store

    server = Postgres().start()
    atexit.register(server.remove)
    url = server.create()
    store = Store(url, Secret("a key of thirty-two characters or more"))
    store.migrate()
    store.close()
    return server, url.rpartition("/")[2]


_FREE = []


@contextlib.contextmanager
def database(*, empty=False):
    """A database of a test's own; its URL. What was emptied is used again, as making one is slow."""
    server, template = shared()
    url = server.create("template0") if empty else _FREE.pop() if _FREE else server.create(template)
    yield url
    if not empty and emptied(url):
        _FREE.append(url)


def emptied(url):
    """Leave nothing but what is up to date; False where that cannot be."""
    with psycopg.connect(url, autocommit=True) as connection:
        version = connection.execute("SELECT version_num FROM alembic_version").fetchall()
        if version != [(HEAD,)]:
            return False
        kept = ("alembic_version", "procrastinate_version")
        query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND NOT tablename = ANY(%s)"
        tables = [name for (name,) in connection.execute(query, [list(kept)])]
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        connection.execute(others)
        connection.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE")
    return True
