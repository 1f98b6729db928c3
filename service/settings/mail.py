"""From the validated [smtp] to the server that takes our mail."""

from __future__ import annotations

from service.loopback import is_loopback
from service.settings.model import MailServer, Secret, SettingsError
from service.settings.schema import File

PORTS = {"starttls": 587, "tls": 465, "none": 25}


def mail_server(file: File) -> MailServer | None:
    """The server, if there is one. Raises SettingsError where one setting lacks another."""
    told = file.smtp
    if not told.host:
        if told.sender or told.user or told.password:
            raise SettingsError("CLARITY_SMTP_HOST is missing. Set it to the server that takes your mail.")
        return None
    if not told.sender:
        raise SettingsError("CLARITY_SMTP_SENDER is missing. Set it to the address that our mail comes from.")
    if bool(told.user) is not bool(told.password):
        lacking = "PASSWORD" if told.user else "USER"
        raise SettingsError(f"CLARITY_SMTP_{lacking} is missing. Set both, or neither.")
    if told.password and told.tls == "none" and not is_loopback(told.host):
        raise SettingsError(
            "CLARITY_SMTP_TLS is none, so the password would go over the network in the clear. Set it to starttls "
            "or tls, or take user and password away."
        )
    port = told.port or PORTS[told.tls]
    return MailServer(told.host, port, told.tls, told.sender, told.user, Secret(told.password))
