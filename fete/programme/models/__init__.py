"""Everything the programme keeps: editions, places, activities with their slots, review, sharing, pictures."""

from fete.programme.models.activities import (
    DESCRIPTION_LENGTH,
    NOTE_LENGTH,
    STANDFIRST_LENGTH,
    TITLE_LENGTH,
    Activity,
    Booking,
    Mode,
    Slot,
    SlotAudience,
    activity_site,
    activity_term,
)
from fete.programme.models.circulars import (
    SUBJECT_LENGTH,
    Circular,
)
from fete.programme.models.editions import (
    FIRST_EDITION_BEFORE,
    CallReminder,
    Edition,
    EditionState,
    LateEntry,
)
from fete.programme.models.pictures import (
    ALTERNATIVE_LENGTH,
    CREDIT_LENGTH,
    Picture,
)
from fete.programme.models.review import (
    SENTENCE_TITLE_LENGTH,
    ActivityVersion,
    Decision,
    Reading,
    Remark,
    Sentence,
    Side,
    VersionState,
)
from fete.programme.models.sharing import (
    Answer,
    CoOrganiser,
    Handover,
    StandRequest,
)
from fete.programme.models.standing import Standing, StandingChange
from fete.programme.models.venues import (
    Merge,
    Merged,
    Venue,
)

__all__ = [
    "ALTERNATIVE_LENGTH",
    "CREDIT_LENGTH",
    "DESCRIPTION_LENGTH",
    "FIRST_EDITION_BEFORE",
    "NOTE_LENGTH",
    "SENTENCE_TITLE_LENGTH",
    "STANDFIRST_LENGTH",
    "SUBJECT_LENGTH",
    "TITLE_LENGTH",
    "Activity",
    "ActivityVersion",
    "Answer",
    "Booking",
    "CallReminder",
    "Circular",
    "CoOrganiser",
    "Decision",
    "Edition",
    "EditionState",
    "Handover",
    "LateEntry",
    "Merge",
    "Merged",
    "Mode",
    "Picture",
    "Reading",
    "Remark",
    "Sentence",
    "Side",
    "Slot",
    "SlotAudience",
    "StandRequest",
    "Standing",
    "StandingChange",
    "Venue",
    "VersionState",
    "activity_site",
    "activity_term",
]
