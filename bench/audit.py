"""What the audit log costs: appends against plain INSERT, verification, queries, storage.

`python -m bench.audit` measures on a private PostgreSQL with real fsync and tells on standard error
how long that takes. Sizes for a quick run: `--seconds 2 --verify 20000 --rows 50000`. The last line
is one JSON object.
"""

import argparse
import json
import sys

from bench.audit_load import appends, questions, verification
from bench.audit_load.ground import Sizes, database, say

PARTS = {"appends": appends, "verification": verification, "queries": questions}
TOLD = (
    *("append_ratio_32", "append_ratio_32_work20ms", "append_ratio_32_sequencing"),
    *("append_ratio_32_work20ms_sequencing", "verify_million_cpu_s", "slowest_query_ms_median"),
    "bytes_per_entry",
)


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.audit", description=__doc__)
    parser.add_argument("--seconds", type=float, default=8, help="for each rate")
    parser.add_argument("--verify", type=int, default=1_000_000, help="entries to verify")
    parser.add_argument("--rows", type=int, default=10_000_000, help="entries to search")
    parser.add_argument("--only", choices=PARTS, help="one part alone")
    told = vars(parser.parse_args(arguments))
    only = told.pop("only")
    parts = PARTS.values() if only is None else (PARTS[only],)
    sizes = Sizes(**told)
    minutes = sum(part.seconds_needed(sizes) for part in parts) / 60
    say(f"this takes about {minutes:.0f} minutes on two cores")
    found: dict[str, float] = {}
    with database() as owner_url:
        for part in parts:
            found |= part.measure(owner_url, sizes)
    print(json.dumps({name: found[name] for name in TOLD if name in found}))


if __name__ == "__main__":
    main(sys.argv[1:])
