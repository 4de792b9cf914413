"""Attack a server, and measure what each attack costs everybody else: `python -m bench.hostile [--small] [NAME ...]`.

Each attack runs against a server process of its own, on asyncio and on uvloop. Meanwhile a second process asks for the
server's health on a connection of its own: its slowest answer is the stall. It samples the server's memory too.
"""

from __future__ import annotations

import sys

from bench.hostile import ATTACKS, LOOPS, attack


def main(arguments: list[str]) -> int:
    """Run the attacks whose names contain a given word, print each cost, and return 1 if a bound is broken."""
    small = "--small" in arguments
    words = [word for word in arguments if not word.startswith("--")]
    broken = 0
    for chosen in ATTACKS:
        if words and not any(word in chosen.name for word in words):
            continue
        for loop in LOOPS:
            try:
                cost = attack(chosen, loop, 0.1 if small else 1.0)
            except (AssertionError, OSError) as error:
                broken += 1
                print(f"{chosen.name:52} {loop:8} FAILED: {error!r:.200}", flush=True)
                continue
            is_met = cost.stall <= chosen.stall and cost.megabytes <= chosen.memory
            broken += not is_met
            figures = f"stall {1000 * cost.stall:7.0f} ms  memory {cost.megabytes:+7.0f} MB  in {cost.seconds:5.1f} s"
            print(f"{chosen.name:52} {loop:8} {figures}  {'met' if is_met else 'BROKEN'}", flush=True)
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
