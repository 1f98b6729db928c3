"""Who calls the reconciler, and when.

base         the seam
embedded     processes over one SQLite file
distributed  any number of hosts over one PostgreSQL: jobs, jobworker
seat         keeps a process running, with an outbox for what it is told; child is what all of these have in common
pool         worker processes, each in a seat, asked for checks by its checker; worker is what runs in them
clock        the process that does what is due by the clock: timekeeper is what runs in it, schedule what it does
"""
