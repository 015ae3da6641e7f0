"""Writes the textbook problems in kernel/problems/ in the format of `DynamicProgram`.

python3 tests/golden/dynamic_programs.py
"""

from itertools import combinations
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "kernel/problems"


def write(name, about, horizon, states, actions, sense, start, lines):
    head = [f"dp 1  # {about}", f"horizon {horizon}", f"states {states}", f"actions {actions}", f"sense {sense}", f"start {start}"]
    (FOLDER / f"{name}.dp").write_text("\n".join(head + lines) + "\n")


def number(value):
    return f"{value:.9g}"


def stagecoach():
    costs = {
        0: {1: 2, 2: 4, 3: 3}, 1: {4: 7, 5: 4, 6: 6}, 2: {4: 3, 5: 2, 6: 4}, 3: {4: 4, 5: 1, 6: 5}, 4: {7: 1, 8: 4},
        5: {7: 6, 8: 3}, 6: {7: 3, 8: 3}, 7: {9: 3}, 8: {9: 4},
    }  # fmt: skip
    lines = [
        f"p {node} {action} {other} 1 {cost}"
        for node, ways in costs.items()
        for action, (other, cost) in enumerate(ways.items())
    ]
    write("stagecoach", "the cheapest way through ten towns", "finite 4", 10, 3, "min", 0, lines)


def knapsack():
    items = [(3, 6), (4, 9), (2, 5), (5, 11)]
    lines = []
    for stage, (weight, value) in enumerate(items):
        for room in range(10):
            lines.append(f"pt {stage} {room} 0 {room} 1 0")
            if weight <= room:
                lines.append(f"pt {stage} {room} 1 {room - weight} 1 {value}")
    about = "which of four things to carry; a state is the weight that is left, an item a stage, action 1 takes it"
    write("knapsack", about, "finite 4", 10, 2, "max", 9, lines)


def allocation():
    returns = [(0, 7, 12, 15, 16), (0, 4, 9, 14, 18), (0, 8, 11, 13, 14)]
    lines = [
        f"pt {stage} {left} {given} {left - given} 1 {earned[given]}"
        for stage, earned in enumerate(returns)
        for left in range(5)
        for given in range(left + 1)
    ]
    write("allocation", "four units for three activities; a state is what is left", "finite 3", 5, 5, "max", 4, lines)


def replacement():
    new, upkeep, resale = 200, [60, 80, 120], [0, 130, 90, 40]
    lines = [f"p {age} 0 {age + 1} 1 {upkeep[age]}" for age in range(3)]
    lines += [f"p {age} 1 1 1 {new - resale[age] + upkeep[0]}" for age in range(1, 4)]
    lines += [f"terminal {age} {-resale[age]}" for age in range(1, 4)]
    write("replacement", "keep a machine or replace it; a state is its age", "finite 5", 4, 2, "min", 0, lines)


def inventory():
    demand, capacity = {0: 0.3, 1: 0.4, 2: 0.3}, 3
    lines = []
    for stock in range(capacity + 1):
        for order in range(capacity - stock + 1):
            for wanted, probability in demand.items():
                left = max(0, stock + order - wanted)
                lost = max(0, wanted - stock - order)
                cost = (3 if order else 0) + 2 * order + left + 6 * lost
                lines.append(f"p {stock} {order} {left} {probability} {cost}")
    write("inventory", "how much to order; a state is the stock", "finite 4", 4, 4, "min", 1, lines)


def lot_sizing():
    demand, setup, holding = [2, 3, 2, 4], 5, 1
    most = sum(demand)
    lines = []
    for stage, wanted in enumerate(demand):
        for stock in range(most + 1):
            for made in range(most - stock + 1):
                left = stock + made - wanted
                if left >= 0:
                    lines.append(f"pt {stage} {stock} {made} {left} 1 {(setup if made else 0) + holding * left}")
    # What cannot be delivered must not be planned.
    lines += [f"terminal {stock} 1000" for stock in range(1, most + 1)]
    write("lot-sizing", "how much to make; a state is the stock", "finite 4", most + 1, most + 1, "min", 0, lines)


def asset_selling():
    lines = []
    for offer in range(5):
        lines.append(f"p {offer} 0 5 1 {offer + 1}")
        lines += [f"p {offer} 1 {other} 0.2 0" for other in range(5)]
    write("asset-selling", "sell for the offer (0) or wait (1); a state is an offer, 5 is sold", "finite 6", 6, 2, "max", 2, lines)


def secretary():
    count = 8
    lines = []
    for stage in range(count):
        seen = stage + 1
        lines.append(f"pt {stage} 1 0 2 1 {number(seen / count)}")
        for state in (0, 1):
            if seen < count:
                best = 1 / (seen + 1)
                lines.append(f"pt {stage} {state} 1 1 {number(best)} 0")
                lines.append(f"pt {stage} {state} 1 0 {number(1 - best)} 0")
    write("secretary", "stop (0) or go on (1); state 1: the best so far, 0: another, 2: stopped", "finite 8", 3, 2, "max", 1, lines)


def gambler():
    lines = []
    for fortune in range(1, 8):
        for stake in range(1, min(fortune, 8 - fortune) + 1):
            lines.append(f"p {fortune} {stake - 1} {fortune + stake} 0.4 0")
            lines.append(f"p {fortune} {stake - 1} {fortune - stake} 0.6 0")
    lines.append("terminal 8 1")
    write("gambler", "how much to stake, less 1; a state is the fortune", "finite 40", 9, 4, "max", 3, lines)


def maintenance():
    lines = ["p 0 0 0 0.7 10", "p 0 0 1 0.3 10", "p 1 0 1 0.6 6", "p 1 0 2 0.4 6", "p 2 0 2 1 1"]
    lines += [f"p {state} 1 0 1 -8" for state in range(3)]
    write("maintenance", "run (0) or repair (1) a machine that wears", "discounted 0.9", 3, 2, "max", 0, lines)


def toymaker():
    lines = [
        "p 0 0 0 0.5 9", "p 0 0 1 0.5 3", "p 0 1 0 0.8 4", "p 0 1 1 0.2 4",
        "p 1 0 0 0.4 3", "p 1 0 1 0.6 -7", "p 1 1 0 0.7 1", "p 1 1 1 0.3 -19",
    ]  # fmt: skip
    about = "run (0), or advertise a success and search for one (1)"
    write("toymaker-average", about, "average", 2, 2, "max", 0, lines)
    write("toymaker-discounted", about, "discounted 0.9", 2, 2, "max", 0, lines)


def salesman():
    costs = [(0, 10, 15, 20), (5, 0, 9, 10), (6, 13, 0, 12), (8, 8, 9, 0)]
    places = {(frozenset(), 0): 0}
    for size in (1, 2, 3):
        for seen in combinations((1, 2, 3), size):
            for last in seen:
                places[(frozenset(seen), last)] = len(places)
    home = len(places)
    lines = []
    for (seen, last), state in places.items():
        left = [city for city in (1, 2, 3) if city not in seen]
        lines += [f"p {state} {city} {places[(seen | {city}, city)]} 1 {costs[last][city]}" for city in left]
        if not left:
            lines.append(f"p {state} 0 {home} 1 {costs[last][0]}")
    write("salesman", "the cheapest tour of four towns; an action is a town", "finite 4", home + 1, 4, "min", 0, lines)


def market():
    chances = {1: (1, (0.75, 0.65)), 2: (3, (0.7, 0.5))}
    lines = []
    for regime in (0, 1):
        for stays, probability in ((True, 0.8), (False, 0.2)):
            after = regime if stays else 1 - regime
            lines.append(f"p {regime} 0 {after} {probability} 0")
            for action, (stake, wins) in chances.items():
                win = wins[regime]
                lines.append(f"p {regime} {action} {after} {number(probability * win)} {stake}")
                lines.append(f"p {regime} {action} {after} {number(probability * (1 - win))} {-stake}")
    about = "hold (0), stake 1 or 3; a state is the regime, 0 calm, 1 stormy"
    write("market", about, "finite 8", 2, 3, "max", 0, lines)


def detour():
    rows, columns, goal, risky = 3, 4, 3, (1, 2)
    lines = []
    for cell in range(rows * columns):
        if cell == goal:
            lines.append(f"p {cell} 0 {cell} 1 0")
            continue
        row, column = divmod(cell, columns)
        right = (row, min(column + 1, columns - 1))
        for action, (row, column) in enumerate([right, (min(row + 1, rows - 1), column), (max(row - 1, 0), column)]):
            after = row * columns + column
            if after == goal:
                lines.append(f"p {cell} {action} {after} 1 9")
            elif after in risky and after != cell:
                lines.append(f"p {cell} {action} {after} 0.85 -1")
                lines.append(f"p {cell} {action} {after} 0.15 -7")
            else:
                lines.append(f"p {cell} {action} {after} 1 -1")
    about = "right (0), down (1), up (2) through three rows of four cells to the last of the first; its middle two may cost 7"
    write("detour", about, "finite 8", rows * columns, 3, "max", 0, lines)


for problem in (
    stagecoach, knapsack, allocation, replacement, inventory, lot_sizing, asset_selling, secretary, gambler, maintenance, toymaker, salesman, market, detour,
):  # fmt: skip
    problem()
