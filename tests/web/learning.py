"""What somebody learnt, put into the database by hand."""

from sqlalchemy import insert

from service.response import What
from service.store.schema import response, ticket


def learnt(store, where, account, rule, steps="SMSM", tracker="jira"):
    """What somebody met of a rule, a ticket each time it was told: S(hown), M(ended), U(naided)."""
    person = store.person(where, account)
    what = {"S": What.SHOWN, "M": What.MENDED, "U": What.UNAIDED}
    with store.writing() as connection:
        row = {"tracker": tracker, "site": where, "external_id": f"{account}-{rule}"}
        row |= {"generation": 1, "due": 0, "first_due": 0}
        number = connection.execute(insert(ticket).values(row).returning(ticket.c.id)).scalar_one()
        rows = [
            {"rule": rule, "what": what[step], "person": person, "at": 1e9 + n} for n, step in enumerate(steps)
        ]
        connection.execute(insert(response).values(ticket_id=number, project="SHOP"), rows)
    return person
