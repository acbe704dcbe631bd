"""The crew of the Erbil reconstruction, played by a script through the HTTP API of a running `vedette demo`.

    vedette demo --speed 10          in one terminal; it prints the console's address
    python examples/erbil_crew.py http://127.0.0.1:8080

It waits until both drones are down, acknowledges the alerts, records that countermeasures were used, enters what a
medical officer and an engineer report and what others claimed in public, has a statement drafted and approved by two
persons, tries to release it (which a simulation refuses), and prints it with its evidence. Who says what here is
invented, but for what stands under [facts] in the scenario. Needs nothing but Python.
"""

from __future__ import annotations

import json
import sys
import time
import urllib.error
import urllib.request
from typing import Any

API = "/api/v1"
OFFICER = {"by": "Operator 1", "role": "watch-officer"}
COMMANDER = {"by": "Operator 2", "role": "commander"}
SPOKESPERSON = {"by": "Operator 3", "role": "public-affairs"}
CLAIMS = (
    ("Regional security service", "broadcast", "C3", {"count": "2", "place": "both", "airport": "closed"}),
    ("Local broadcaster", "web page", "D4", {"count": "1", "place": "outside", "airport": "open"}),
    ("Airport desk", "telephone", "B2", {"airport": "open"}),
)
"""Invented voices that say the different things that were said of that night."""


class Crew:
    """People at the console of one watch."""

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")
        self.incident = ""

    def get(self, path: str) -> Any:
        """The answer's JSON."""
        with urllib.request.urlopen(f"{self.address}{API}{path}", timeout=30) as answer:
            return json.load(answer)

    def post(self, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        """Status and JSON of an answer; a refusal is an answer."""
        request = urllib.request.Request(
            f"{self.address}{API}{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, json.load(refused)

    def do(self, path: str, body: dict[str, Any]) -> Any:
        """A post on the incident that must be taken; its document."""
        status, answer = self.post(f"/incidents/{self.incident}{path}", body)
        if status != 200:
            raise SystemExit(f"{path}: {answer['error']['message']}")
        return answer

    def document(self) -> Any:
        """The incident as it stands."""
        return self.get(f"/incidents/{self.incident}")

    def wait_until_down(self, patience_s: float = 900.0) -> None:
        """Wait until two aircraft of the incident have come down."""
        deadline = time.monotonic() + patience_s
        while time.monotonic() < deadline:
            for one in self.get("/incidents")["incidents"]:
                down = [track for track in one["tracks"] if track["ended"] and track["impact"]]
                if len(down) >= 2:
                    self.incident = one["id"]
                    return
            time.sleep(0.2)
        raise SystemExit("no two aircraft came down")

    def acknowledge(self) -> None:
        """Every alert is seen by somebody."""
        for alert in self.document()["alerts"]:
            self.post(f"/alerts/{alert}/acknowledge", {"note": "seen"})

    def tell(self) -> None:
        """What was done, and what it did."""
        used = {**OFFICER, "fact": "measure_taken", "measure": "defeat", "note": "force protection by radio"}
        status, answer = self.post("/facts", used)
        if status != 200:
            raise SystemExit(answer["error"]["message"])
        medic = {"source": "the medical officer on duty", "how": "round of all posts by telephone"}
        engineer = {"source": "the base engineer", "how": "walked the runway and both places"}
        self.do("/effects", {**OFFICER, **medic, "effect": "injuries", "state": "none_reported"})
        self.do("/effects", {**OFFICER, **engineer, "effect": "damage", "state": "none_reported"})

    def note_claims(self) -> None:
        """What others say in public, side by side."""
        for source, where, grade, said in CLAIMS:
            for subject, value in said.items():
                claim = {"subject": subject, "value": value, "source": source, "where": where, "grade": grade}
                self.do("/claims", {**SPOKESPERSON, **claim, "published_utc": "2021-09-12T00:20:00+03:00"})

    def state(self) -> tuple[str, int, Any]:
        """Draft, submit, approve twice, and try to release: the statement's id, and how the release was answered."""
        statement = self.do("/statements", SPOKESPERSON)["statements"][-1]["id"]
        path = f"/statements/{statement}"
        self.do(f"{path}/submit", SPOKESPERSON)
        self.do(f"{path}/approve", COMMANDER)
        self.do(f"{path}/approve", SPOKESPERSON)
        return statement, *self.post(f"/incidents/{self.incident}{path}/release", SPOKESPERSON)


def said(document: Any) -> list[str]:
    """The sentences that could be said now."""
    return [one["text"] for one in document["statement"]["sentences"]]


def main(address: str) -> None:
    """Play the crew, and print what comes of it."""
    crew = Crew(address)
    crew.wait_until_down()
    crew.acknowledge()
    print("Before anybody has reported effects:", *said(crew.document()), sep="\n  ")
    crew.tell()
    crew.note_claims()
    statement, status, answer = crew.state()
    case = crew.get(f"/incidents/{crew.incident}/case")
    drafted = next(one for one in case["statements"] if one["id"] == statement)
    print(f"\n{statement}, {drafted['state']}:")
    for sentence in drafted["sentences"]:
        print(f"  {sentence['text']}\n    {', '.join(sentence['evidence'])}; events {sentence['events']}")
    print("Not said:", *(f"{one['about']}: {one['why']}" for one in drafted["not_said"]), sep="\n  ")
    print(f"Release: {'done' if status == 200 else answer['error']['message']}")


if __name__ == "__main__":
    try:
        main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8080")
    except urllib.error.URLError as error:
        raise SystemExit(f"no watch answers there: {error.reason}") from None
