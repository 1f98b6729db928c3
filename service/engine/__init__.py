"""Who calls the reconciler, and when. base: the seam. embedded: worker processes over one SQLite file."""
