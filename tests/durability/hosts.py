"""The processes of a whole installation, to be killed, frozen, thawed and set to another time."""

import contextlib
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests import postgres
from tests.needs import ROOT

COMMAND = [sys.executable, "-c", "from service.cli import main; main()"]
KEY = "a key of thirty-two characters or more"
FAKETIME = next(iter(sorted(Path("/usr/lib").glob("**/faketime/libfaketimeMT.so.1"))), None)


class Clock:
    """The time that processes see, moved by seconds. Without libfaketime it cannot be moved."""

    movable = FAKETIME is not None

    def __init__(self, folder, name):
        self.file = folder / f"{name}.clock"
        self.set(0)
        self.file.chmod(0o644)

    def set(self, seconds):
        draft = self.file.with_suffix(".new")
        draft.write_text(f"{seconds:+d}s\n")
        draft.chmod(0o644)
        draft.replace(self.file)

    @property
    def environ(self):
        if not self.movable:
            return {}
        return {
            "LD_PRELOAD": str(FAKETIME),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            # Else whoever waits for Python's interpreter lock spins, as the wait ends at once with our C library.
            "FAKETIME_FORCE_MONOTONIC_FIX": "0",
        }


class Host:
    """One command and the processes that it starts, as a group of its own."""

    def __init__(self, name, arguments, environ, log):
        self.name, self.arguments, self.environ, self.log = name, arguments, environ, log
        self.process = None

    def start(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*COMMAND, *self.arguments],
                env=self.environ,
                cwd=self.log.parent,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def signal(self, number):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)

    def kill(self):
        self.signal(signal.SIGKILL)
        self.process.wait()

    def children(self):
        """The processes that were spawned with work to do: workers and the timekeeper."""
        found = []
        for path in Path(f"/proc/{self.process.pid}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                found += [int(pid) for pid in path.read_text().split() if b"spawn_main" in command_line(pid)]
        return found

    def stop(self, limit=60):
        self.process.terminate()
        try:
            return self.process.wait(limit)
        finally:
            self.kill()


def command_line(pid):
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


class Installation:
    """All hosts of one engine. `webs` are the addresses that deliveries may go to."""

    def __init__(self, folder, engine, settings):
        self.folder, self.engine = folder, engine
        self.home = folder / "home"
        self.home.mkdir()
        self.disk = Disk(self.home)
        self.clock, self.server_clock = Clock(folder, "hosts"), Clock(folder, "server")
        self.log = folder / "service.log"
        self.server = None
        if engine == "postgresql":
            self.server = postgres.Postgres(durable=True, environ=self.server_clock.environ).start()
            self.url = self.server.create()
        else:
            self.url = f"sqlite:///{self.home}/clarity.db"
        given = {"DATABASE_URL": self.url, "DATA_DIR": self.home, "SECRET_KEY": KEY} | settings
        path = os.pathsep.join([str(ROOT / "tests" / "durability" / "clock"), str(ROOT)])
        self.environ = os.environ | self.clock.environ | {"PYTHONPATH": path}
        self.environ |= {f"CLARITY_{name}": str(value) for name, value in given.items()}
        self.hosts, self.webs = [], []
        for kind in ("web", "web", "worker", "worker") if engine == "postgresql" else ("serve",):
            self._add(kind)

    def _add(self, kind):
        arguments = [kind]
        if kind != "worker":
            port = postgres.free_port()
            arguments += ["--port", str(port)]
            self.webs.append(f"http://127.0.0.1:{port}")
        workers = {"CLARITY_WORKERS": "2" if kind == "serve" else "1"}
        self.hosts.append(Host(kind, arguments, self.environ | workers, self.log))

    def start(self):
        for host in self.hosts:
            host.start()

    def wait_ready(self, limit=120):
        end = time.monotonic() + limit
        for web in self.webs:
            while not answers(f"{web}/readyz"):
                assert time.monotonic() < end, f"not ready:\n{self.tail()}"
                time.sleep(0.1)

    def keep_alive(self):
        """Start again what ended by itself, as a service manager does; how many did."""
        ended = [host for host in self.hosts if host.process.poll() is not None]
        for host in ended:
            host.start()
        return len(ended)

    def stop(self):
        return [host.stop() for host in self.hosts]

    def end(self):
        """Leave nothing running and nothing mounted."""
        for host in self.hosts:
            if host.process:
                host.signal(signal.SIGCONT)
                host.kill()
        if self.server:
            self.server.remove()
        self.disk.remove()

    def tail(self, lines=40):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:]) if self.log.exists() else ""


class Disk:
    """Where the data is: a small file system of its own where we may mount one, so that it can really be full."""

    MEGABYTES = 200

    def __init__(self, folder):
        self.folder = folder
        command = ["mount", "-t", "tmpfs", "-o", f"size={self.MEGABYTES}m,mode=700", "tmpfs", str(folder)]
        done = subprocess.run(command, stderr=subprocess.DEVNULL, check=False)
        self.mounted = done.returncode == 0
        self.ballast = folder / "ballast"

    def fill(self, hosts):
        """Leave no room: neither a byte more on the file system nor, where it is not ours, in any file."""
        if self.mounted:
            with contextlib.suppress(OSError), self.ballast.open("wb") as stream:
                while True:
                    stream.write(b"\0" * 65_536)
                    stream.flush()
        else:
            self._limit(hosts, 4096)

    def free(self, hosts):
        if self.mounted:
            self.ballast.unlink(missing_ok=True)
        else:
            self._limit(hosts, resource.RLIM_INFINITY)

    @staticmethod
    def _limit(hosts, size):
        for host in hosts:
            for pid in (host.process.pid, *host.children()):
                with contextlib.suppress(ProcessLookupError):
                    resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def remove(self):
        if self.mounted:
            subprocess.run(["umount", "-l", str(self.folder)], check=False)


def answers(address):
    with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=5) as answer:
        return answer.status == 200
    return False


@contextlib.contextmanager
def installed(engine, settings):
    with tempfile.TemporaryDirectory(prefix="clarity-chaos-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        installation = Installation(Path(folder), engine, settings)
        try:
            yield installation
        finally:
            installation.end()
