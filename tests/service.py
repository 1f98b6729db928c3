"""The real service as a process of its own, on a free port and in a folder of its own."""

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager

import requests

from tests.needs import ROOT

COMMAND = [sys.executable, "-c", "from service.cli import main; main()"]


@contextmanager
def serving(folder, command="serve", **settings):
    """Runs `clarity serve`, or another command; gives its address once a worker is ready. The log stays in `folder`."""
    environ = {"PATH": os.environ["PATH"], "CLARITY_DATA_DIR": str(folder / "data"), "CLARITY_WORKERS": "1"}
    environ |= {f"CLARITY_{name.upper()}": str(value) for name, value in settings.items()}
    token = settings.get("dashboard_token")
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    log = folder / "service.log"
    with (
        log.open("w") as stderr,
        subprocess.Popen([*COMMAND, command, "--port", "0"], stderr=stderr, cwd=ROOT, env=environ) as process,
    ):
        try:
            address = until(lambda: _address(process, log))
            until(lambda: requests.get(f"{address}/readyz", headers=headers, timeout=5).status_code == 200)
            yield address
        finally:
            process.terminate()
            process.wait(30)


def until(condition, seconds=60):
    """What `condition` answers, as soon as that is true."""
    deadline = time.monotonic() + seconds
    while not (answer := condition()):
        assert time.monotonic() < deadline, f"still not so after {seconds} s"
        time.sleep(0.05)
    return answer


def _address(process, log):
    assert process.poll() is None, log.read_text()
    lines = (json.loads(line) for line in log.read_text().splitlines() if line.startswith("{"))
    return next((line["address"] for line in lines if line["event"] == "serving"), None)
