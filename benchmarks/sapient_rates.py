"""SAPIENT detections a second on one core: decoded, and fully validated, beside bare protobuf parsing of their bytes.

    python -m benchmarks.sapient_rates [--messages 10000]

Decoded: bytes → vedette.wire.sapient.detections.Detection. Validated: bytes → all rules of the standard's files and all
checks against the node's registration. The messages are those of the simulated radar and camera. Floors: decoded 5 %,
validated 1 % of bare parsing; the exit code is 1 below them.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

from sapient_msg.bsi_flex_335_v2_0.sapient_message_pb2 import SapientMessage

from vedette.sim.sapient_node import NodeKind, SimulatedNode
from vedette.wire.sapient.checks import NodeChecker
from vedette.wire.sapient.codec import decode_message
from vedette.wire.sapient.detections import Detection, decode_detection

BEGAN_S = 1_700_000_000.0
PLACE = 36.2376, 43.9632, 430.0
ROUNDS = 7
FLOORS = {"decoded": 0.05, "validated": 0.01}


def recorded(kind: NodeKind, count: int) -> tuple[list[SapientMessage], list[bytes]]:
    """What the node says first, and `count` detections as they would be received."""
    node = SimulatedNode(kind, PLACE, 1, BEGAN_S)
    head = [node.registration(BEGAN_S), node.status(BEGAN_S)]
    payloads: list[bytes] = []
    at_s = BEGAN_S
    while len(payloads) < count:
        payloads += [one.SerializeToString() for one in node.detections(at_s)]
        at_s += node.period_s
    return head, payloads[:count]


def best_rates(works: dict[str, Callable[[], object]], count: int) -> dict[str, float]:
    """Items a second of each work: the quickest of ROUNDS of the core's own time, taken in turns."""
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, work in works.items():
            began = time.thread_time()
            work()
            seconds[name].append(time.thread_time() - began)
    return {name: count / min(taken) for name, taken in seconds.items()}


def rates(kind: NodeKind, count: int) -> dict[str, float]:
    """Detections a second: bare, decoded, validated."""
    head, payloads = recorded(kind, count)
    checker = NodeChecker()
    for message in head:
        assert checker.check(message) == ()

    def bare() -> None:
        for payload in payloads:
            SapientMessage.FromString(payload)

    def decoded() -> None:
        for payload in payloads:
            message = decode_message(payload)
            assert isinstance(message, SapientMessage)
            found = decode_detection(message, checker.registered, checker.mode, checker.near)
            assert isinstance(found, Detection)

    def validated() -> None:
        fresh = NodeChecker()
        for message in head:
            fresh.check(message)
        for payload in payloads:
            message = decode_message(payload)
            assert isinstance(message, SapientMessage)
            assert fresh.check(message) == ()

    return best_rates({"bare": bare, "decoded": decoded, "validated": validated}, count)


def main() -> int:
    """Print the table; 1 if a floor is not reached."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=10_000)
    count = parser.parse_args().messages
    reached = True
    kinds: tuple[NodeKind, ...] = ("radar", "camera")
    for kind in kinds:
        found = rates(kind, count)
        for name, rate in found.items():
            share = rate / found["bare"]
            floor = FLOORS.get(name)
            reached &= floor is None or share >= floor
            words = "" if floor is None else f"{share:7.1%} of bare, floor {floor:.0%}"
            print(f"{kind:7} {name:10} {rate:10,.0f}/s  {words}")
    return 0 if reached else 1


if __name__ == "__main__":
    raise SystemExit(main())
