"""A process that scores like a worker: says what it took to be ready, waits for a line, scores, says what that took."""

import json
import sys
from time import perf_counter, process_time

from service.engine.memory import megabytes
from service.engine.scoring import Scorer
from service.policy import Policy
from service.settings import load
from tests.bench import tickets

POLICY = Policy()


def main(seed, count):
    scorer = Scorer(load({}))
    scorer.review(tickets.tickets(1, "first")[0], POLICY)
    print(json.dumps({"ready": process_time(), "held": megabytes()}), flush=True)
    sys.stdin.readline()
    wall, cost, held = perf_counter(), 0.0, []
    for number in range(count):
        ticket = tickets.ticket(number, seed)
        began = process_time()
        scorer.review(ticket, POLICY)
        cost += process_time() - began
        if (number + 1) % max(1, count // 10) == 0:
            held.append(megabytes())
    print(json.dumps({"wall": perf_counter() - wall, "cost": cost, "held": held}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
