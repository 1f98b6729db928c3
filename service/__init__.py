"""Ticket Clarity: a ticket comes in as bytes and goes out as advice.

The core is pure: it reads no clock, no environment, no network and no database.

    ticket      what is judged, and what a tracker tells about it
    document    markup → blocks and units, with offsets that lead back to the source
    rulebook    rule files → rules; matchers: one module a kind of pattern
    review      document × rules → findings; score: what each finding costs
    reaction    what we said before × review × policy → post, update, withdraw or silence; resting: when it waits
    feedback    review → comment tree; render: tree → ADF, wiki markup, Markdown, HTML

Around it stands a shell that can be killed at any moment and loses nothing.

    trackers    Jira, Linear and the local tracker: verify, fetch, comment
    store       the schema and every query; inbox: accept a delivery in one transaction
    reconcile   make a ticket's comment agree with its latest text; commenting: write it once, behind the fence
    engine      who calls reconcile, and when; housekeeping: what is forgotten, and when
    web         webhooks, playground, API, health; app wires everything; cli is the way in
"""
