"""The database: schema, migrations, and every query, named and described.

store       Store: transactions, migrations, the pepper
accepting   a delivery comes in
working     claim, fence, done, retry
recording   what was found, what was decided, what was said
responses   how people took what was said
trends      which weeks to count anew, and what they came to
keeping     policies, opt-outs, pruning
"""

from service.store.store import Store, StoreUnavailable

__all__ = ["Store", "StoreUnavailable"]
