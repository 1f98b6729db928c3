"""The real service as a process group that can be killed and started again."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

CLARITY = Path(sys.executable).with_name("clarity")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Service:
    """`clarity serve` on one port and one data folder, with its log kept over all its lives."""

    def __init__(self, folder, **settings):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "service.log"
        self.database = folder / "clarity.db"
        given = {"DATABASE_URL": f"sqlite:///{self.database}", "DATA_DIR": folder} | settings
        self.environment = os.environ | {f"CLARITY_{name}": str(value) for name, value in given.items()}
        self.process = None
        self.lives = 0

    def start(self):
        self.lives += 1
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [CLARITY, "serve", "--port", str(self.port)],
                env=self.environment,
                cwd=self.log.parent,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self):
        """SIGKILL to the web process and its workers, all at once."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self, limit=30):
        """SIGTERM, as a service manager sends it; the exit code."""
        self.process.terminate()
        try:
            return self.process.wait(limit)
        finally:
            self.kill()

    def wait_ready(self, limit=60):
        """Wait until a worker can score."""
        end = time.monotonic() + limit
        while time.monotonic() < end:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:
                if answer.status == 200:
                    return
            assert self.process.poll() is None, self.tail()
            time.sleep(0.05)
        raise AssertionError(f"not ready:\n{self.tail()}")

    def tail(self, lines=40):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
