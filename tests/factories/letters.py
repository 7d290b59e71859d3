"""Make letters."""

from fete.accounts.models import User
from fete.core.clock import now
from fete.mailing.models import Letter, Topic
from fete.mailing.services import Recipient, enqueue


def make_letter(person: User, topic: Topic | None = Topic.DECISIONS, **values: object) -> Letter:
    """Give a letter to a person about a topic, which leads to their activities unless said otherwise."""
    known: dict[str, object] = {
        "kind": "programme/published",
        "to": Recipient(address=person.email, name=person.name, person_id=person.id),
        "subject": "Activité publiée",
        "text": "Bonjour,\n\nElle est publiée.\n\n-- \nLe site\n",
        "html": "",
        "at": now(),
        "leads_to": "/mes-activites",
    }
    return enqueue(topic=topic, **(known | values))  # type: ignore[arg-type]
