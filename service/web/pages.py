"""Small pages of our own: an error, a login. They load nothing and run nothing, and look like the others."""

from __future__ import annotations

import base64
import hashlib

from flask import Response
from markupsafe import Markup, escape

from service.store import StoreUnavailable
from service.web.frame import SAMPLE_DATA, is_sample

# The colours of static/base.css.
STYLE = Markup(
    ":root{color-scheme:light dark;--ground:light-dark(#f4f5f2,#131817);--card:light-dark(#fff,#1b2221);"
    "--ink:light-dark(#1c2422,#e8eeec);--line:light-dark(#dde2de,#313b39);--edge:light-dark(#8b9894,#66746f);"
    "--accent:light-dark(#1f5f57,#7fd6c2);--on-accent:light-dark(#fff,#0d1514);--notice:light-dark(#fff4da,#3a2f12)}"
    "*{box-sizing:border-box}"
    "body{margin:0;background:var(--ground);color:var(--ink);overflow-wrap:anywhere;"
    "font:1rem/1.55 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif}"
    ".sample{margin:0;background:var(--notice);border-bottom:1px solid var(--edge);padding:.5rem 1.25rem;"
    "text-align:center;font-weight:600}"
    "main{max-width:34rem;margin:12vh auto 2rem;padding:0 1.25rem}"
    ".brand{font-weight:700;margin:0 0 .75rem}"
    ".card{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:1.25rem 1.35rem 1.4rem}"
    "h1{font-size:1.45rem;line-height:1.25;margin:0 0 .75rem}p{margin:.75rem 0}"
    "a{color:var(--accent)}label{display:block;font-size:.86rem;font-weight:600;margin-bottom:.25rem}"
    "form{display:flex;flex-wrap:wrap;gap:.5rem}form label{flex:1 0 100%;margin:0}"
    "input,button{font:inherit;color:inherit;padding:.55rem .7rem;border:1px solid var(--edge);border-radius:8px;"
    "background:var(--ground)}input:not([type=hidden]){flex:1 1 12rem;min-width:0}"
    "button{background:var(--accent);border-color:var(--accent);color:var(--on-accent);font-weight:650;cursor:pointer}"
    ":focus-visible{outline:3px solid var(--accent);outline-offset:2px}"
    "code{background:color-mix(in srgb,CanvasText 10%,Canvas);padding:.1em .3em;border-radius:.25em}"
)
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{_HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
DATABASE_DOWN = 503
_BANNER = Markup('<aside class="sample" aria-label="Sample">{}</aside>').format(SAMPLE_DATA)


def page(title: str, body: Markup | str, status: int = 200) -> Response:
    """A whole page. `body` is escaped unless it is Markup."""
    banner = _BANNER if status != DATABASE_DOWN and _sample() else ""
    html = Markup(
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        "<title>{title} · Ticket Clarity</title><style>{style}</style></head>"
        '<body>{banner}<main><p class="brand">Ticket Clarity</p>'
        '<div class="card"><h1>{title}</h1>{body}</div></main></body></html>'
    ).format(
        title=title,
        style=STYLE,
        banner=banner,
        body=escape(body),
    )
    response = Response(str(html), status, mimetype="text/html")
    response.headers["Content-Security-Policy"] = POLICY
    return response


def _sample() -> bool:
    try:
        return is_sample()
    except StoreUnavailable:
        return False  # this may be the page that says so
