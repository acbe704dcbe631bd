"""Officers at several screens act within the same moment: nothing is lost, nothing is done twice or by one for two.

Everybody's requests go off together, in an order drawn anew for each seed; what must hold is read off the record.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.access.quick import CHEAP, PASSWORD, Quick
from tests.conftest import MANDATE_TOML, SITE_GEOJSON
from tests.watch.serving import served
from tests.watch.test_decisions import START_S, fly
from vedette.access import Role, UserFile, new_user
from vedette.model import AlertAcknowledged, AnyPayload, DecisionMoved, DecisionOrdered, EffectEntered, Origin
from vedette.model.dossier import ClaimEntered, StatementMoved
from vedette.model.response import HandOverMoved, HandOverOffered, NoticeWritten
from vedette.model.site_changes import SiteChanged
from vedette.record import read_events, verify
from vedette.site import load_site
from vedette.watch.plan import Plan
from vedette.watch.runtime import Watch

CREW = {
    "Ada": (Role.COMMANDER, ("commander", "public-affairs")),
    "Bo": (Role.WATCH_OFFICER, ("officer",)),
    "Cem": (Role.COMMANDER, ("officer", "commander", "public-affairs")),
    "Dara": (Role.ADMINISTRATOR, ()),
    "Edo": (Role.ADMINISTRATOR, ()),
}
SEEDS = range(4)
API = "/api/v1"
ALERT, INCIDENT = "test-A-0001", f"{API}/incidents/test-I-0001"
Asked = tuple[str, str, dict[str, Any]]
Answer = tuple[str, int, Any]


class Crew:
    """Everybody at a screen of their own, and the watch's record."""

    def __init__(self, url: str, folder: Path) -> None:
        self._folder = folder
        self.screens = {name: httpx.Client(base_url=url, trust_env=False, timeout=30.0) for name in CREW}
        for name, screen in self.screens.items():
            entered = screen.post(f"{API}/session", json={"name": name, "password": PASSWORD})
            screen.headers["x-vedette-csrf"] = entered.json()["csrf"]

    def post(self, name: str, path: str, body: dict[str, Any], key: str | None = None) -> Answer:
        headers = {} if key is None else {"x-vedette-key": key}
        answer = self.screens[name].post(path, json=body, headers=headers)
        return name, answer.status_code, answer.json()

    def get(self, path: str) -> Any:
        return self.screens["Ada"].get(path).json()

    def together(
        self, asked: Sequence[tuple[str, str, dict[str, Any]]], seed: int, key: str | None = None
    ) -> list[Answer]:
        """All of them at one moment, each thread begun in an order of the seed's."""
        asked = random.Random(seed).sample(asked, len(asked))
        start, answers = threading.Barrier(len(asked)), list[Answer]()

        def one(name: str, path: str, body: dict[str, Any]) -> None:
            start.wait()
            answers.append(self.post(name, path, body, key))

        threads = [threading.Thread(target=one, args=each) for each in asked]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60.0)
        assert len(answers) == len(asked)
        assert all(status < 500 for _, status, _ in answers), answers
        return answers

    def events(self, *kinds: type[AnyPayload]) -> list[Any]:
        return [event.payload for event in read_events(self._folder) if isinstance(event.payload, kinds)]

    def close(self) -> None:
        for screen in self.screens.values():
            screen.close()


@pytest.fixture
def crew(site_file: Path, tmp_path: Path) -> Iterator[Crew]:
    text = site_file.read_text().replace("clutter_per_scan = 5.0", "clutter_per_scan = 5.0\nclass_accuracy = 1.0")
    site_file.write_text(text + MANDATE_TOML)
    file = UserFile(tmp_path / "data")
    for name, (role, roles) in CREW.items():
        user = new_user(name, role, roles, CHEAP.hash(PASSWORD), 1.0, must_change=False)
        file.change(lambda users, user=user: users.add(user, "a test"))  # type: ignore[misc]
    plan = Plan(site=load_site(site_file), origin=Origin.REPLAY, folder=tmp_path / "data")
    watch = Watch.open(plan, START_S)
    watch.begin()
    fly(watch, 0, 12)
    with served(watch, Quick(file).access) as url:
        crew = Crew(url, plan.folder)
        yield crew
        crew.close()
    watch.finish()
    assert watch.failed is None
    watch.close("ended")
    assert verify(plan.folder).intact


def codes(answers: Sequence[Answer]) -> Counter[str]:
    return Counter("done" if status == 200 else said["error"]["code"] for _, status, said in answers)


@pytest.mark.parametrize("seed", SEEDS)
def test_an_alert_is_acknowledged_by_one(crew: Crew, seed: int) -> None:
    path = f"{API}/alerts/{ALERT}/acknowledge"
    answers = crew.together([(name, path, {"note": f"by {name}"}) for name in ("Ada", "Bo", "Cem") * 3], seed)
    (told,) = crew.events(AlertAcknowledged)
    (alert,) = [one for one in crew.get(f"{API}/alerts")["alerts"] if one["alert"] == ALERT]
    assert alert["acknowledged_by"] == told.by
    for _, status, said in answers:
        assert status == 200 or told.by in said["error"]["message"], said


@pytest.mark.parametrize("seed", SEEDS)
def test_an_order_for_two_is_authorised_once_and_never_by_one(crew: Crew, seed: int) -> None:
    _, status, made = crew.post("Ada", f"{API}/decisions", {"by": "Ada", "role": "commander", "measure": "close"})
    assert (status, made["state"]) == (200, "awaiting_second")
    path = f"{API}/decisions/{made['id']}/second"
    tries = [(name, path, {"by": name, "role": CREW[name][1][0]}) for name in ("Ada", "Bo", "Cem") * 4]
    answers = crew.together(tries, seed)
    authorised = [one for one in crew.events(DecisionMoved) if one.state == "authorised"]
    assert len(authorised) == 1
    assert authorised[0].by in ("Bo", "Cem")
    decision = crew.get(f"{API}/decisions/{made['id']}")
    assert (decision["state"], decision["second_by"]) == ("authorised", authorised[0].by)
    assert not [name for name, status, _ in answers if status == 200 and name == "Ada"]
    assert {name for name, status, _ in answers if status == 200} == {authorised[0].by}


@pytest.mark.parametrize("seed", SEEDS)
def test_of_withdrawing_and_seconding_one_comes_first(crew: Crew, seed: int) -> None:
    _, _, made = crew.post("Ada", f"{API}/decisions", {"by": "Ada", "role": "commander", "measure": "close"})
    path = f"{API}/decisions/{made['id']}"
    word = {name: {"by": name, "role": CREW[name][1][0]} for name in ("Ada", "Bo", "Cem")}
    crew.together(
        [
            ("Bo", f"{path}/second", word["Bo"]), ("Cem", f"{path}/second", word["Cem"]),
            ("Ada", f"{path}/withdraw", word["Ada"]), ("Ada", f"{API}/mandate/withdraw", word["Ada"]),
        ],
        seed,
    )  # fmt: skip
    moves = [one.state for one in crew.events(DecisionMoved)]
    assert crew.get(path)["state"] == moves[-1] != "authorised"
    assert moves.count("authorised") <= 1


@pytest.mark.parametrize("seed", SEEDS)
def test_one_order_sent_by_everybody_under_one_key_is_one_order(crew: Crew, seed: int) -> None:
    order = {"by": "Ada", "role": "commander", "measure": "shelter", "key": "shelter-now"}
    answers = crew.together([("Ada", f"{API}/decisions", order)] * 8, seed)
    assert len(crew.events(DecisionOrdered)) == 1
    assert len({said["id"] for _, _, said in answers}) == 1
    other = {**order, "by": "Cem"}
    assert crew.post("Cem", f"{API}/decisions", other)[2]["error"]["code"] == "key_used"


@pytest.mark.parametrize("seed", SEEDS)
def test_a_statement_is_approved_by_each_role_once(crew: Crew, seed: int) -> None:
    effect = {"effect": "injuries", "state": "none_reported", "source": "the medical officer", "how": "by telephone"}
    crew.post("Ada", f"{INCIDENT}/effects", effect | {"role": "commander"})
    drafted = crew.post("Ada", f"{INCIDENT}/statements", {"role": "public-affairs"})[2]["statements"][0]
    path = f"{INCIDENT}/statements/{drafted['id']}"
    submits = crew.together([(name, f"{path}/submit", {"role": "commander"}) for name in ("Ada", "Cem") * 3], seed)
    assert codes(submits)["done"] == 1
    tries = [(name, f"{path}/approve", {"role": role}) for name in ("Ada", "Cem") for role in CREW["Ada"][1]] * 3
    crew.together(tries, seed)
    moves = [one for one in crew.events(StatementMoved) if one.move == "approve"]
    assert len({one.by for one in moves}) == len({one.role for one in moves}) == len(moves) <= 2


@pytest.mark.parametrize("seed", SEEDS)
def test_a_watch_is_handed_over_once(crew: Crew, seed: int) -> None:
    sheet = crew.get(f"{API}/hand-over")["sheet"]
    offers = crew.together(
        [(n, f"{API}/hand-over", {"digest": sheet["digest"], "role": CREW[n][1][0]}) for n in ("Ada", "Bo") * 3], seed
    )
    offered = crew.events(HandOverOffered)
    assert len(offered) == 1, codes(offers)
    path = f"{API}/hand-over/{offered[0].hand_over}/accept"
    body = {"digest": sheet["digest"]}
    crew.together([(n, path, body | {"role": CREW[n][1][0]}) for n in ("Ada", "Bo", "Cem") * 3], seed)
    accepted = [one for one in crew.events(HandOverMoved) if one.move == "accept"]
    assert len(accepted) == 1
    assert accepted[0].by != offered[0].by


@pytest.mark.parametrize("seed", SEEDS)
def test_of_two_who_change_the_site_none_is_written_over(crew: Crew, seed: int) -> None:
    file = crew.get(f"{API}/site/file") if "sha256" in crew.get(f"{API}/site/file") else None
    assert file is None, "Ada may not read the file"
    base = crew.screens["Dara"].get(f"{API}/site/file").json()
    changes = [
        (name, f"{API}/site/apply",
         {"toml": f"# {name} {n}\n" + base["toml"], "geometry": SITE_GEOJSON, "base_sha256": base["sha256"]})
        for name in ("Dara", "Edo") for n in range(3)
    ]  # fmt: skip
    answers = crew.together(changes, seed)
    assert codes(answers) == {"done": 1, "site_changed": 5}
    (changed,) = crew.events(SiteChanged)
    (name,) = [name for name, status, _ in answers if status == 200]
    assert changed.by == name
    assert crew.screens["Edo"].get(f"{API}/site/file").json()["sha256"] == changed.after


ROLE = {"role": "commander"}
REPEATED: dict[str, tuple[str, dict[str, Any], Any]] = {
    "an effect": (f"{INCIDENT}/effects", ROLE | {"effect": "damage", "state": "none_reported"}, EffectEntered),
    "a claim": (f"{INCIDENT}/claims", ROLE | {"subject": "count", "value": "2", "source": "a service"}, ClaimEntered),
    "a notice": (f"{API}/notices", ROLE | {"text": "drones inbound", "partner": "tower"}, NoticeWritten),
    "an order": (f"{API}/decisions", ROLE | {"by": "Ada", "measure": "shelter"}, DecisionOrdered),
}


@pytest.mark.parametrize("name", REPEATED)
def test_what_is_sent_again_because_its_answer_was_lost_is_done_once(crew: Crew, name: str) -> None:
    path, body, kind = REPEATED[name]
    answers = crew.together([("Ada", path, body)] * 6, 1, key="pressed-once")
    answers.append(crew.post("Ada", path, body, "pressed-once"))
    assert [status for _, status, _ in answers] == [200] * 7, answers
    assert len({str(said) for _, _, said in answers}) == 1
    assert len(crew.events(kind)) == 1


def test_nobody_acts_in_anothers_name_or_role(crew: Crew) -> None:
    """Every body of the API that has `by` or `role`, sent by Bo in the name of Ada, and in a role that Bo lacks."""
    schema = crew.get(f"{API}/openapi.json")
    before = len(list(read_events(crew._folder)))
    tried = 0
    for path, operations in schema["paths"].items():
        body = operations.get("post", {}).get("requestBody", {}).get("content", {}).get("application/json", {})
        fields = schema["components"]["schemas"].get(body.get("schema", {}).get("$ref", "").rpartition("/")[2], {})
        names = {"by", "role"} & set(fields.get("properties", {}))
        if not names:
            continue
        address = path
        for place in ("{incident_id}", "{decision_id}", "{alert_id}"):
            address = address.replace(place, {"{incident_id}": "test-I-0001"}.get(place, ALERT))
        address = address.replace("{step}", "1").replace("{move}", "submit").replace("{", "").replace("}", "")
        for taken in ({"by": "Ada"}, {"role": "commander"}):
            if not set(taken) <= names:
                continue
            sent = filled(fields, schema) | {"by": "Bo", "role": "officer"} | taken
            sent = {key: value for key, value in sent.items() if key in fields["properties"]}
            status, said = crew.post("Bo", address, sent)[1:]
            assert status in (403, 404), (address, sent, said)
            tried += status == 403
    assert tried > 25
    assert len(list(read_events(crew._folder))) == before


def filled(schema: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    """A body of the least that a schema asks for."""
    return {name: example(schema["properties"][name], whole) for name in schema.get("required", [])}


def example(one: dict[str, Any], whole: dict[str, Any]) -> Any:
    if "$ref" in one:
        return example(whole["components"]["schemas"][one["$ref"].rpartition("/")[2]], whole)
    if "oneOf" in one or "anyOf" in one:
        return example((one.get("oneOf") or one["anyOf"])[0], whole)
    if "enum" in one:
        return one["enum"][0]
    if one.get("type") == "object":
        return filled(one, whole) if "properties" in one else {}
    if "pattern" in one and "0-9a-f" in one["pattern"]:
        return "0" * 64
    return {"string": "2023-11-14T22:13:20Z", "integer": 1, "number": 1.0, "boolean": True, "array": []}[one["type"]]
