"""What contenders in Python share."""

import sys


def speak(contenders):
    """Runs them when they are asked to: descriptions and functions by workload and name. How stands in src/main.rs."""
    for name, (text, _) in contenders.items():
        print(f"{name}: {text}")
    print(flush=True)
    for line in sys.stdin:
        steps, name = line.strip().split(" ", 1)
        print(*contenders[name][1](int(steps)), flush=True)
