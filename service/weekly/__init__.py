"""The weekly mail that people ask for about their own tickets.

letter         what improved, one thing to try, one good ticket: pure
writing        a letter as an e-mail, text and HTML
smtp           the server that takes it
subscribing    who asked for it, where to, and how they are rid of it again
sending        who is due, and once a week alone
"""
