"""An audit: score every ticket of a search or an export, and say how a backlog stands.

sources  a search or a file → entries, each with the place from which to go on
tally    what was found, counted and kept small; pure
run      entries → worker processes → tally, in order, with bounded memory
state    where an audit stopped, in a file
writing  text, CSV, JSON
report   one HTML page with charts
"""
