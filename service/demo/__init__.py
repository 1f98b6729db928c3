"""A simulated quarter, so that a newcomer sees what the pages will look like. In a database of its own.

simulation  tickets of people who do not exist (pure, seeded)
deeds       what others did about them (pure, seeded)
filling     writes them down, and marks the database as a sample
"""
