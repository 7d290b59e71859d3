"""The letters of the programme, each kind in its module."""

from fete.programme.mails.changes import (
    tell_of_accepted_change,
    tell_of_correction,
    tell_of_declined_change,
    tell_of_proposal,
)
from fete.programme.mails.editions import (
    remind_of_call,
    tell_of_late_entry,
    tell_of_late_entry_revoked,
    tell_of_moved_dates,
)
from fete.programme.mails.groups import (
    CircularWords,
    circular_as_read,
    tell_of_merge,
    tell_of_separation,
    write_circular,
)
from fete.programme.mails.review import (
    tell_of_message,
    tell_of_step,
)
from fete.programme.mails.sharing import (
    ask_to_take_over,
    tell_co_organiser,
    tell_co_organiser_left,
    tell_co_organiser_removed,
    tell_handed_over,
    tell_handover_declined,
    tell_handover_withdrawn,
)
from fete.programme.mails.slots import (
    SLOT_WORDS,
    tell_of_cancellation,
    tell_of_inherited_cancellation,
    tell_of_inherited_reinstatement,
    tell_of_inherited_slot,
    tell_of_reinstatement,
    tell_of_slot,
    time_of,
)
from fete.programme.mails.stands import (
    ask_for_stand,
    tell_stand_answered,
    tell_stand_left,
    tell_stand_withdrawn,
)

__all__ = [
    "SLOT_WORDS",
    "CircularWords",
    "ask_for_stand",
    "ask_to_take_over",
    "circular_as_read",
    "remind_of_call",
    "tell_co_organiser",
    "tell_co_organiser_left",
    "tell_co_organiser_removed",
    "tell_handed_over",
    "tell_handover_declined",
    "tell_handover_withdrawn",
    "tell_of_accepted_change",
    "tell_of_cancellation",
    "tell_of_correction",
    "tell_of_declined_change",
    "tell_of_inherited_cancellation",
    "tell_of_inherited_reinstatement",
    "tell_of_inherited_slot",
    "tell_of_late_entry",
    "tell_of_late_entry_revoked",
    "tell_of_merge",
    "tell_of_message",
    "tell_of_moved_dates",
    "tell_of_proposal",
    "tell_of_reinstatement",
    "tell_of_separation",
    "tell_of_slot",
    "tell_of_step",
    "tell_stand_answered",
    "tell_stand_left",
    "tell_stand_withdrawn",
    "time_of",
    "write_circular",
]
