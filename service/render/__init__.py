"""Comment trees in each tracker's markup: adf, wiki, markdown, and html for our own pages.

Every renderer treats all text as hostile. Only a `Mention` mentions and only a `Link` links.
"""
