"""Checkers of prose on the same texts, where they are installed: proselint, write-good, textlint with write-good.

They look for words and know no grammar; they are here to know the company that we keep. Those written for Node.js
are installed by `make bench` where there is npm.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from service import document
from tests.bench.processes import children_cost

PEERS = {
    "proselint": ["proselint", "check"],
    "write-good": ["write-good"],
    "textlint": ["textlint", "--rule", "write-good"],
}
TIMES = 3
PLACES = [Path(sys.executable).parent, Path(__file__).parent / "prose" / "node_modules" / ".bin"]


def parts(given):
    """Milliseconds of CPU a ticket without the start, peer by peer; a plain word where one is not installed."""
    for peer, command in PEERS.items():
        yield {f"{peer}, ms a ticket": _cost(command, given)}


def _cost(command, given):
    found = shutil.which(command[0], path=os.pathsep.join(map(str, PLACES)))
    if not found:
        return "not installed"
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for number, ticket in enumerate(given):
            files.append(Path(folder) / f"{number}.md")
            text = "\n\n".join(unit.text for unit in document.read(ticket).units)
            files[-1].write_text(text, encoding="utf-8")
        (empty := Path(folder) / "empty.md").write_text("It works.\n", encoding="utf-8")
        return [
            (_run([found, *command[1:], *files]) - _run([found, *command[1:], empty])) / len(given) * 1000
            for _ in range(TIMES)
        ]


def _run(command):
    before = children_cost()
    subprocess.run(command, capture_output=True, check=False)
    return children_cost() - before
