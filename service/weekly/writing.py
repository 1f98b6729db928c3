"""A letter as an e-mail: text, and the same as simple HTML that loads nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, Template

from service.weekly.letter import Letter

SUBJECT = "Your tickets last week"


def write(
    letter: Letter, *, sender: str, to: str, base_url: str, leave: str, name: str, now: float
) -> EmailMessage:
    """The e-mail. `leave` is the address that ends these mails, `name` tells one mail from all others.

    The same name makes the same Message-ID, by which a second copy is known.
    """
    message = EmailMessage()
    message["Subject"] = SUBJECT
    message["From"] = f"Ticket Clarity <{sender}>"
    message["To"] = to
    message["Date"] = format_datetime(datetime.fromtimestamp(now, UTC))
    message["Message-ID"] = f"<{name}@{urlsplit(base_url).hostname or 'ticket-clarity'}>"
    # RFC 8058: a mail program may end it with one POST, without a login.
    message["List-Unsubscribe"] = f"<{leave}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["Auto-Submitted"] = "auto-generated"
    given = {"letter": letter, "base_url": base_url, "leave": leave, "subject": SUBJECT}
    message.set_content(_page("letter.txt").render(given), cte="quoted-printable")
    message.add_alternative(_page("letter.html").render(given), subtype="html", cte="quoted-printable")
    return message


@cache
def _page(name: str) -> Template:
    loader = PackageLoader("service.weekly")
    pages = Environment(loader=loader, autoescape=name.endswith(".html"), trim_blocks=True, lstrip_blocks=True)
    return pages.get_template(name)
