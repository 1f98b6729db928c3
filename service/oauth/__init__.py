"""OAuth: an admin lets us into a Jira or a Linear workspace by consent, and can take that back there.

providers  where to ask, and for what
grants     what we were granted: tokens, sealed in the database, renewed by one process at a time
installing from a code to tenants
hooks      Jira's webhooks of ours, renewed before they end
"""
