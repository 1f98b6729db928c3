"""Ask the vendors' own JavaScript, which `make conformance` installs."""

import json
import subprocess

from tests.needs import VENDORS, node, vendors


class Refused(Exception):
    """What the vendor's code throws."""


def ask_all(questions):
    """Each an object with `ask`; answers in the same order, a Refused in the place of an answer."""
    vendors()
    given = "".join(json.dumps(question) + "\n" for question in questions)
    done = subprocess.run(
        [node(), "ask.mjs"], input=given, capture_output=True, text=True, cwd=VENDORS, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(questions)
    return [Refused(told["refused"]) if "refused" in told else told["answer"] for told in answers]


def ask(**question):
    (answer,) = ask_all([question])
    if isinstance(answer, Refused):
        raise answer
    return answer
