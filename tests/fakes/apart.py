"""A fake tracker in a process of its own, so that it takes no turn of the interpreter from what is measured here."""

import json
import subprocess
import sys
import urllib.request

from tests.needs import ROOT


class JiraApart:
    """A fake Jira that another process serves, to the end of the context."""

    def __init__(self):
        command = [sys.executable, "-m", "tests.fakes.jira_server"]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def create_issue(self, title, description=None):
        return self._control("create", title=title, description=description)["id"]

    def commented(self):
        """How many issues have a comment of ours."""
        return self._control("commented")["count"]

    def _control(self, verb, **told):
        raw = json.dumps(told).encode()
        asked = urllib.request.Request(f"{self.url}/_fake/{verb}", raw, {"Content-Type": "application/json"})
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return json.load(answer)
