"""The contestant's side of the protocol of `retort bench`, the same as ContestantProcess.serve in Java.

A contestant gets one JSON object as its argument. It prints `ready WORDS`. For every line `run SECONDS` on its standard input it
repeats its work until that time has passed, at least once, and prints `took UNITS SECONDS`.
"""

import json
import sys
import time


def case():
    return json.loads(sys.argv[1])


def serve(words, work):
    print("ready", words, flush=True)
    for line in sys.stdin:
        seconds = float(line.split()[1])
        units = 0
        start = time.perf_counter()
        while True:
            work()
            units += 1
            taken = time.perf_counter() - start
            if taken >= seconds:
                break
        print("took", units, taken, flush=True)
