"""A process of its own that draws: what it loads takes some 200 MB, which are given back when it ends.

Reads one JSON object from standard input, and writes another to standard output: from `specs` the SVG of each, and
with `script` the JavaScript that draws them in a browser.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import vl_convert

VEGA_LITE = "6.4"
SNIPPET = "window.vegaEmbed = vegaEmbed;"


def main() -> None:
    """Answer one request."""
    asked = json.load(sys.stdin)
    told: dict[str, Any] = {
        name: vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE, allowed_base_urls=[])
        for name, spec in asked.get("specs", {}).items()
    }
    script = vl_convert.javascript_bundle(SNIPPET, vl_version=VEGA_LITE) if asked.get("script") else ""
    json.dump({"svg": told, "script": script}, sys.stdout)


if __name__ == "__main__":
    main()
