"""Who calls the reconciler, and when.

base         the seam
embedded     worker processes over one SQLite file
distributed  any number of hosts over one PostgreSQL: jobs, jobworker
pool, seat   worker processes that are kept running; worker is what runs in them
schedule     what is due by the clock
"""
