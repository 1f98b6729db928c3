"""OAuth: an admin lets us into a Jira or a Linear workspace by consent, and can take that back there.

providers  where to ask, and for what
grants     what we were granted: tokens, sealed in the database
bearer     requests signed by a grant, which one process at a time renews
installing from a code to tenants
hooks      Jira's webhooks of ours, renewed before they end
"""
