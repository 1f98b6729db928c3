"""How many examples a property is tried with: few in the suite, as many as asked for by `make fuzz`."""

import os


def examples(few):
    """`few`, times CLARITY_FUZZ."""
    return few * int(os.environ.get("CLARITY_FUZZ", "1"))
