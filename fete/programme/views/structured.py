"""Activities and places as search engines read them: schema.org."""

from collections.abc import Sequence
from typing import Any

from fete.core.clock import to_paris
from fete.core.imaging import LARGE
from fete.core.templating import absolute_url
from fete.geography.models import Commune
from fete.programme.models import Activity, Mode, Slot, Venue
from fete.programme.workflow import SlotState, Status

Thing = dict[str, Any]
_STATUS = {
    SlotState.SCHEDULED: "EventScheduled",
    SlotState.FULL: "EventScheduled",
    SlotState.RESCHEDULED: "EventRescheduled",
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
        "eventAttendanceMode": f"https://schema.org/{_ATTENDANCE[activity.mode]}",
        "location": _locations(activity, activity.places),
        "organizer": _organisers(activity),
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
    if activity.is_free:
        event["offers"] = {"@type": "Offer", "price": "0", "priceCurrency": "EUR", "url": url}
    if activity.age_min is not None or activity.age_max is not None:
        event["typicalAgeRange"] = f"{activity.age_min or 0}-{activity.age_max or ''}"
    if times:
        event |= {
            "startDate": to_paris(min(slot.starts_at for slot in times)).isoformat(),
            "endDate": to_paris(max(slot.ends_at for slot in times)).isoformat(),
            "eventStatus": f"https://schema.org/{_status(times)}",
        }
    if len(times) > 1:
        event["subEvent"] = [_part(slot, activity, event) for slot in times]
    return event


def _organisers(activity: Activity) -> Thing | list[Thing]:
    found = [{"@type": "Organization", "name": each.name} for each in activity.organisers]
    return found if len(found) > 1 else found[0]


def _status(times: list[Slot]) -> str:
    states = {_STATUS[slot.state] for slot in times}
    return states.pop() if len(states) == 1 else "EventScheduled"


def _part(slot: Slot, activity: Activity, event: Thing) -> Thing:
    part: Thing = {
        "@type": "Event",
        "name": event["name"],
        "startDate": to_paris(slot.starts_at).isoformat(),
        "endDate": to_paris(slot.ends_at).isoformat(),
        "eventStatus": f"https://schema.org/{_STATUS[slot.state]}",
        "location": _locations(activity, activity.places_at(slot)),
    }
    if slot.is_for_schools:
        part["audience"] = {"@type": "EducationalAudience", "educationalRole": "student"}
    return part


def _locations(activity: Activity, places: Sequence[Venue]) -> list[Thing]:
    on_site = activity.mode is not Mode.ONLINE
    found = [place_of(venue) for venue in places] if on_site else []
    if activity.mode is not Mode.ON_SITE:
        found.append(
            {"@type": "VirtualLocation"}
            | ({"url": activity.online_link} if activity.online_link else {})
        )
    return found


def place_of(venue: Venue) -> Thing:
    """Return a place with its address, and its point where it is known."""
    place: Thing = {
        "@type": "Place",
        "name": venue.name,
        "address": {
            "@type": "PostalAddress",
            "streetAddress": venue.address,
            "postalCode": venue.commune.post_code,
            "addressLocality": venue.commune.name,
            "addressCountry": "FR",
        },
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
