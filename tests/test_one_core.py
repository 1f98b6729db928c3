import os
import subprocess
import sys

import pytest

from tests.needs import ROOT

INHERITED = {"PATH": os.environ["PATH"], "OPENBLAS_NUM_THREADS": "8", "OPENBLAS_CORETYPE": "Prescott"}
FOUND = """
import os, sys
from service import one_core
before, real = "", one_core.keep_to_one_core
def seen():
    global before
    before = set(sys.modules)
    real()
one_core.keep_to_one_core = seen
{}
print(os.environ.get("OPENBLAS_NUM_THREADS"), "OPENBLAS_CORETYPE" in os.environ, "numpy" in before)
"""


@pytest.mark.parametrize(
    "start",
    [
        "one_core.keep_to_one_core()",
        "from service.cli import main; main(['rules', 'explain', 'open-ended-list'], standalone_mode=False)",
        "from service.engine import child, worker; child.logs.configure = sys.exit\ntry: worker.work(0, None)\nexcept SystemExit: pass\n",
        "from service.engine import child, timekeeper; child.logs.configure = sys.exit\ntry: timekeeper.keep_time(0, None)\nexcept SystemExit: pass\n",
    ],
)
def test_a_process_keeps_to_one_core_and_asks_for_it_before_numpy(start):
    command = [sys.executable, "-c", FOUND.format(start)]
    done = subprocess.run(command, cwd=ROOT, env=INHERITED, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "1 False False"
