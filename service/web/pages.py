"""Small pages of our own: an error, a login. They load nothing and run nothing."""

from __future__ import annotations

import base64
import hashlib

from flask import Response
from markupsafe import Markup, escape

STYLE = Markup(
    ":root{color-scheme:light dark}"
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1.25rem}"
    "h1{font-size:1.4rem}"
    "input,button{font:inherit;padding:.5rem .75rem;border:1px solid GrayText;border-radius:.4rem}"
    "label{display:block;margin-bottom:.25rem}"
    "code{background:color-mix(in srgb,CanvasText 10%,Canvas);padding:.1em .3em;border-radius:.25em}"
)
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{_HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def page(title: str, body: Markup | str, status: int = 200) -> Response:
    """A whole page. `body` is escaped unless it is Markup."""
    html = Markup(
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        "<title>{title} · Ticket Clarity</title><style>{style}</style></head>"
        "<body><main><h1>{title}</h1>{body}</main></body></html>"
    ).format(title=title, style=STYLE, body=escape(body))
    response = Response(str(html), status, mimetype="text/html")
    response.headers["Content-Security-Policy"] = POLICY
    return response
