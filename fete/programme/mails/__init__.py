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
from fete.programme.mails.slots import (
    SLOT_WORDS,
    tell_of_cancellation,
    tell_of_reinstatement,
    tell_of_slot,
    time_of,
)

__all__ = [
    "SLOT_WORDS",
    "CircularWords",
    "circular_as_read",
    "remind_of_call",
    "tell_of_accepted_change",
    "tell_of_cancellation",
    "tell_of_correction",
    "tell_of_declined_change",
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
    "time_of",
    "write_circular",
]
