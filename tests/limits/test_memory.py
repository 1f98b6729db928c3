"""A worker's memory stays flat however many tickets it scores. CLARITY_SOAK=10000 does so at full length."""

import json
import mmap
import os
import subprocess
import sys

import pytest

from service.engine import memory
from tests.needs import ROOT

TICKETS = int(os.environ.get("CLARITY_SOAK", "200"))
SENTENCES = 3 if "CLARITY_SOAK" in os.environ else 12
REMEMBERED = 20_000 if "CLARITY_SOAK" in os.environ else 500  # sentences; a short run has to fill its memory early
MOST_GROWTH = (
    30  # megabytes once what is remembered has reached its bound; a vocabulary that grows takes 50 a thousand
)

PROGRAM = """
import hashlib, json, sys
from service import rulebook
from service.document import language
from service.engine import memory
from service.policy import Policy
from service.review import Reviewer
from service.ticket import Kind, Markup, Text, Ticket

reviewer = Reviewer(rulebook.load(), language.load())
reviewer._parser._size = int(sys.argv[2])

def ticket(n):
    names = [hashlib.sha256(f"{n} {m}".encode()).hexdigest() for m in range(10 * int(sys.argv[3]))]
    lines = ["The " + " and the ".join(names[at : at + 10]) + " should be fast." for at in range(0, len(names), 10)]
    return Ticket(str(n), f"As a user I want {names[0]}", Text("\\n\\n".join(lines), Markup.MARKDOWN), Kind.STORY)

held = []
for n in range(int(sys.argv[1])):
    assert reviewer.review(ticket(n), Policy()).score is not None
    if n % 20 == 0:
        held.append(memory.megabytes())
json.dump(held, sys.stdout)
"""


def test_memory_stays_flat_over_many_tickets_of_new_words():
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(TICKETS), str(REMEMBERED), str(SENTENCES)],
        cwd=ROOT,
        capture_output=True,
        timeout=3_000,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()[-2_000:]
    held = json.loads(done.stdout)
    print(f"{TICKETS} tickets: {held[0]:.0f} MB at first, {max(held):.0f} MB at most, {held[-1]:.0f} MB at last")
    assert max(held[len(held) * 3 // 4 :]) - max(held[: len(held) // 2]) < MOST_GROWTH, held
    assert max(held) < 400, held


def test_what_is_held_is_told_in_megabytes():
    before = memory.megabytes()
    fresh = 60 * memory.MEGABYTE  # as pages of their own: a bytearray may be given what was freed before
    with mmap.mmap(-1, fresh) as kept:
        kept[::4096] = b"x" * len(kept[::4096])
        assert 50 < memory.megabytes() - before < 90
    assert 10 < before < 4_000


def test_without_proc_the_highest_mark_is_told(monkeypatch, tmp_path):
    held = memory.megabytes()
    monkeypatch.setattr(memory, "_STATM", tmp_path / "absent")
    if sys.platform.startswith(("linux", "darwin")):
        assert memory.megabytes() >= held * 0.9
    else:
        pytest.skip("no such mark here")
