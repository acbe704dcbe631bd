"""What became of an alert stands in its incident's timeline, and among what people did."""

from __future__ import annotations

from tests.report.papers import AT_S, alerts, events, incident
from vedette.model import (
    AlertAmended,
    AlertAwaitsNote,
    AlertClosed,
    AlertDismissed,
    AlertEased,
    AlertReturned,
)
from vedette.report.document import incident_document
from vedette.report.people import deeds
from vedette.report.timeline import timeline
from vedette.site import Site

ONE = "example-A-0001"
DISMISSED = AlertDismissed(
    alert=ONE, reason="bird", note="a stork", by="Operator 1", at_s=AT_S, until_s=AT_S + 600.0, distance_m=2000.0,
    time_to_s=None,
)  # fmt: skip
RETURNED = AlertReturned(alert=ONE, cause="closing", why="dismissed as a bird", priority=1, loud=True, at_s=AT_S + 1.0)
AMENDED = AlertAmended(
    alert=ONE, rule="fast", priority=1, zone=None, title="Drone inbound", time_to_s=None, distance_m=None, reasons=(),
    at_s=AT_S + 2.0,
)  # fmt: skip
EASED = AlertEased(alert=ONE, rule="fast", at_s=AT_S + 3.0, why="speed 3 m/s")
AWAITS = AlertAwaitsNote(alert=ONE, at_s=AT_S + 4.0)
CLOSED = AlertClosed(alert=ONE, by="Operator 2", reason="real", note="two down", at_s=AT_S + 5.0)
ALONE = AlertClosed(alert="example-A-0002", by=None, reason=None, note="", at_s=AT_S + 6.0)
STRAY = AlertClosed(alert="example-A-0099", by="Nobody", reason="bird", note="", at_s=AT_S + 7.0)
ALL = (DISMISSED, RETURNED, AMENDED, EASED, AWAITS, CLOSED, ALONE, STRAY)


def test_the_timeline_tells_what_became_of_an_alert(site: Site) -> None:
    document = incident_document(incident(site), site, alerts())
    recorded = events(site, *((one.at_s, one) for one in ALL))
    told = [(row.kind, row.what, row.detail) for row in timeline(document, site, recorded)]
    assert ("person", f"Alert {ONE} dismissed as a bird", "Operator 1 · a stork") in told
    assert ("alert", f"Alert {ONE} back, priority 1", "dismissed as a bird") in told
    assert ("alert", f"Alert {ONE}: rule fast holds too, priority 1", "Drone inbound") in told
    assert ("cleared", f"Alert {ONE}: rule fast no longer holds", "speed 3 m/s") in told
    assert ("cleared", f"Alert {ONE} awaits a note", "") in told
    assert ("person", f"Alert {ONE} closed: real", "Operator 2 · two down") in told
    assert ("cleared", "Alert example-A-0002 closed", "by itself") in told
    assert not [what for _, what, _ in told if "0099" in what]


def test_what_people_said_of_an_alert_is_among_their_deeds(site: Site) -> None:
    document = incident_document(incident(site), site, alerts())
    found = {
        one.what: (one.who, one.detail)
        for one in deeds(document, site, events(site, (AT_S, DISMISSED), (AT_S, CLOSED)))
    }
    assert found[f"Alert {ONE} dismissed as a bird"] == ("Operator 1", "a stork")
    assert found[f"Alert {ONE} closed: real"] == ("Operator 2", "two down")
