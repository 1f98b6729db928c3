"""Pictures of charts, and the script that draws them in a browser; made in a process of their own, and kept."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections import OrderedDict
from typing import Any

SECONDS = 60.0
KEPT = 150

Spec = dict[str, Any]


class DrawingFailed(Exception):
    """The drawing process did not answer as it should. The sentence says what to do."""


class Drawing:
    """Draws one request at a time, and remembers the latest pictures."""

    def __init__(self) -> None:
        self._gate = threading.Lock()
        self._pictures: OrderedDict[str, str] = OrderedDict()
        self._script = ""

    def script(self) -> str:
        """JavaScript that sets `vegaEmbed`. Raises DrawingFailed."""
        with self._gate:
            if not self._script:
                self._script = str(_ask({"script": True})["script"])
            return self._script

    def pictures(self, specs: dict[str, Spec]) -> dict[str, str]:
        """The SVG of each specification, by its name. Raises DrawingFailed."""
        keys = {name: json.dumps(spec, sort_keys=True) for name, spec in specs.items()}
        with self._gate:
            missing = {name: specs[name] for name, key in keys.items() if key not in self._pictures}
            if missing:
                for name, svg in _ask({"specs": missing})["svg"].items():
                    self._pictures[keys[name]] = svg
            told = {name: self._pictures[key] for name, key in keys.items()}
            while len(self._pictures) > KEPT:
                self._pictures.popitem(last=False)
        return told


def _ask(request: dict[str, Any]) -> dict[str, Any]:
    command = [sys.executable, "-m", "service.reports.draw"]
    try:
        done = subprocess.run(  # noqa: S603 (our own interpreter and module)
            command, input=json.dumps(request), capture_output=True, text=True, timeout=SECONDS, check=True
        )
        told: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.SubprocessError, OSError, ValueError) as error:
        raise DrawingFailed(
            f"Charts could not be drawn ({type(error).__name__}). The tables behind them are complete."
        ) from error
    return told
