"""What every change of the library answers."""

from kikimimi.library.journal.history import Change
from kikimimi.web.payloads.changes import ChangedAnswer
from kikimimi.web.payloads.status import LabelAnswer
from kikimimi.web.state import ServerState


def changed_answer(state: ServerState, changed: int) -> ChangedAnswer:
    """Tell every page of a change that was just made, and how it can be taken back."""
    last = state.library().history.next_undo() if changed else None
    return ChangedAnswer(
        revision=state.changed(),
        changed=changed,
        undo=None if last is None else label_answer(last),
        change=None if last is None else last.id,
    )


def label_answer(change: Change) -> LabelAnswer:
    """What a change was, for the page to word."""
    return LabelAnswer(kind=change.label.kind, params=dict(change.label.params))
