"""Activities and places as search engines read them: schema.org."""

from collections.abc import Sequence
from typing import Any

from fete.core.clock import to_paris
from fete.core.imaging import LARGE
from fete.core.templating import absolute_url
from fete.geography.models import Commune
from fete.network.models import Organisation
from fete.programme.models import Activity, Mode, Slot, Venue
from fete.programme.rules.catalogue import NO_ROOM
from fete.programme.workflow import SlotState, Status
from fete.vocabulary.models import Term, TermList

Thing = dict[str, Any]
_SCHEMA = "https://schema.org/"
_STATUS = {
    SlotState.SCHEDULED: "EventScheduled",
    SlotState.FULL: "EventScheduled",
    # « EventRescheduled » would have to say from when, which nobody keeps.
    SlotState.RESCHEDULED: "EventScheduled",
    SlotState.MOVED_ONLINE: "EventMovedOnline",
    SlotState.POSTPONED: "EventPostponed",
    SlotState.CANCELLED: "EventCancelled",
}
_ATTENDANCE = {
    Mode.ON_SITE: "OfflineEventAttendanceMode",
    Mode.ONLINE: "OnlineEventAttendanceMode",
    Mode.BOTH: "MixedEventAttendanceMode",
}


def picture_address(activity: Activity) -> str | None:
    """Return where the picture of a published activity is, for other sites; `None` without one."""
    picture = activity.picture
    return absolute_url("pictures.show", key=picture.key, size=str(LARGE)) if picture else None


def event_of(activity: Activity) -> Thing:
    """Return the activity as an Event, each of its slots as a part of it when there are several."""
    url = absolute_url("programme.show", activity_id=activity.id, slug=activity.slug)
    times = activity.times
    event: Thing = {
        "@context": "https://schema.org",
        "@type": "Event",
        "@id": url,
        "url": url,
        "name": activity.title,
        "description": activity.standfirst or activity.description,
        "organizer": _one_or_more([_organiser(each) for each in activity.organisers]),
        "isAccessibleForFree": activity.is_free,
        "inLanguage": "fr",
    }
    if activity.parent is not None and activity.parent.status is Status.PUBLISHED:
        event["superEvent"] = {
            "@type": "Event",
            "name": activity.parent.title,
            "url": absolute_url(
                "programme.show", activity_id=activity.parent.id, slug=activity.parent.slug
            ),
        }
    if image := picture_address(activity):
        event["image"] = [image]
    if activity.age_min is not None or activity.age_max is not None:
        event["typicalAgeRange"] = f"{activity.age_min or 0}-{activity.age_max or ''}"
    if audience := [_audience(term) for term in activity.terms_of(TermList.AUDIENCE)]:
        event["audience"] = audience
    if len(times) == 1:
        return event | _time(times[0], activity, url)
    # What was cancelled does not stretch the event that is left.
    held = [slot for slot in times if slot.state is not SlotState.CANCELLED] or times
    modes = {_mode_at(slot, activity) for slot in held} or {activity.mode}
    mode = modes.pop() if len(modes) == 1 else Mode.BOTH
    is_full = bool(times) and all(slot.state in NO_ROOM for slot in times)
    event |= _where(activity, activity.destinations, url, mode=mode)
    event |= _offers(activity, url, is_full=is_full)
    if held:
        event |= {
            "startDate": to_paris(min(slot.starts_at for slot in held)).isoformat(),
            "endDate": to_paris(max(slot.ends_at for slot in held)).isoformat(),
            "eventStatus": _status(times),
            "subEvent": [_part(slot, activity, url) for slot in times],
        }
    return event


def _status(times: list[Slot]) -> str:
    states = {_STATUS[slot.state] for slot in times}
    return _SCHEMA + (states.pop() if len(states) == 1 else "EventScheduled")


def _part(slot: Slot, activity: Activity, url: str) -> Thing:
    part: Thing = {"@type": "Event", "name": activity.title, "url": url}
    if slot.is_for_schools:
        part["audience"] = {"@type": "EducationalAudience", "educationalRole": "student"}
    return part | _time(slot, activity, url)


def _time(slot: Slot, activity: Activity, url: str) -> Thing:
    """Return what an event says of one time of the activity: when, where, whether it is held, whether one gets in."""
    told: Thing = {
        "startDate": to_paris(slot.starts_at).isoformat(),
        "endDate": to_paris(slot.ends_at).isoformat(),
        "eventStatus": _SCHEMA + _STATUS[slot.state],
    }
    if slot.capacity:
        told["maximumAttendeeCapacity"] = slot.capacity
    return (
        told
        | _where(activity, activity.destinations_at([slot]), url, mode=_mode_at(slot, activity))
        | _offers(activity, url, is_full=slot.state in NO_ROOM)
    )


def _mode_at(slot: Slot, activity: Activity) -> Mode:
    return Mode.ONLINE if slot.state is SlotState.MOVED_ONLINE else activity.mode


def _where(activity: Activity, places: Sequence[Venue], url: str, *, mode: Mode) -> Thing:
    found = [place_of(venue) for venue in places]
    if mode is not Mode.ON_SITE:
        found.append({"@type": "VirtualLocation", "url": activity.online_link or url})
    told: Thing = {"eventAttendanceMode": _SCHEMA + _ATTENDANCE[mode]}
    return told | ({"location": found} if found else {})


def _offers(activity: Activity, url: str, *, is_full: bool) -> Thing:
    """Return that one enters for nothing, and whether there is room left; nothing of what is not free."""
    if not activity.is_free:
        return {}
    return {
        "offers": {
            "@type": "Offer",
            "price": "0",
            "priceCurrency": "EUR",
            "availability": _SCHEMA + ("SoldOut" if is_full else "InStock"),
            "url": activity.booking_from.booking_link or url,
        }
    }


def _organiser(organisation: Organisation) -> Thing:
    return {"@type": "Organization", "name": organisation.name} | (
        {"url": organisation.website} if organisation.website else {}
    )


def _audience(term: Term) -> Thing:
    return {"@type": "Audience", "audienceType": term.label}


def _one_or_more(found: list[Thing]) -> Thing | list[Thing]:
    return found if len(found) > 1 else found[0]


def place_of(venue: Venue) -> Thing:
    """Return a place with its address, and its point where it is known."""
    address = {
        "streetAddress": venue.address,
        "postalCode": venue.commune.post_code,
        "addressLocality": venue.commune.name,
        "addressRegion": venue.commune.departement_name,
        "addressCountry": "FR",
    }
    place: Thing = {
        "@type": "Place",
        "name": venue.name,
        "address": {"@type": "PostalAddress"}
        | {name: value for name, value in address.items() if value},
    }
    return place | _geo(venue)


def town_of(commune: Commune) -> Thing:
    """Return a commune as a place of its own."""
    town: Thing = {
        "@context": "https://schema.org",
        "@type": "City",
        "name": commune.name,
        "address": {
            "@type": "PostalAddress",
            "postalCode": commune.post_code,
            "addressLocality": commune.name,
            "addressRegion": commune.departement_name,
            "addressCountry": "FR",
        },
    }
    return town | _geo(commune)


def _geo(place: Venue | Commune) -> Thing:
    if place.latitude is None or place.longitude is None:
        return {}
    return {
        "geo": {
            "@type": "GeoCoordinates",
            "latitude": place.latitude,
            "longitude": place.longitude,
        }
    }
