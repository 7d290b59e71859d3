"""Make what several structures share: co-organisers, handovers, requests of stands."""

from fete.core.clock import now
from fete.core.db import db
from fete.network.models import Organisation
from fete.programme.models import Activity, Answer, CoOrganiser, Handover, StandRequest


def make_co_organiser(activity: Activity, organisation: Organisation) -> CoOrganiser:
    """Give a structure that organises an activity with the one that declares it."""
    shared = CoOrganiser(activity=activity, organisation=organisation, added_at=now())
    db.session.add(shared)
    db.session.flush()
    return shared


def make_handover(activity: Activity, to: Organisation, **values: object) -> Handover:
    """Give a handover that waits for its answer."""
    known: dict[str, object] = {"state": Answer.ASKED, "message": "", "asked_at": now()}
    handover = Handover(activity=activity, to_organisation=to, **(known | values))
    db.session.add(handover)
    db.session.flush()
    return handover


def make_stand_request(activity: Activity, container: Activity, **values: object) -> StandRequest:
    """Give the request of a stand, which waits for its answer."""
    known: dict[str, object] = {"state": Answer.ASKED, "message": "", "answer": ""}
    asked = StandRequest(
        activity=activity, container=container, **({"asked_at": now()} | known | values)
    )
    db.session.add(asked)
    db.session.flush()
    return asked
