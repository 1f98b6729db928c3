"""A simulated quarter: people who do not exist write tickets, and the real service reads and comments on them.

texts      what they write: clear stories, and what careless authors make of them
people     what each can do and learns, and what makes engineers ask: the hidden truth
clock      the database's clock, moved by hand
board      the built-in tracker, with people and states of its own
reading    what a comment says, to somebody who reads it
life       one ticket from filing to done
quarter    all of it in its order, through inbox, worker, rules, store
evidence   what the database and the commands tell in the end
claims     what must hold of that, and whether it does
"""
