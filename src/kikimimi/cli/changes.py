"""Changes of a library in words."""

from collections.abc import Sequence

from kikimimi.cli.output import print_json, print_message, print_table
from kikimimi.library.journal.history import Change


def show_change(done: str, change: Change, *, as_json: bool) -> None:
    """Tell what was taken back or made again."""
    if as_json:
        print_json(_record(change))
    else:
        print_message(f"{done}: {_words(change)}")


def show_journal(changes: Sequence[Change], *, as_json: bool) -> None:
    """Print changes, the newest first."""
    if as_json:
        for change in changes:
            print_json(_record(change))
        return
    rows = [(str(change.id), change.made_at, _words(change), _state(change)) for change in changes]
    print_table(("change", "made", "what", "state"), rows, right=("change",))
    if not changes:
        print_message("nothing was changed yet")


def _words(change: Change) -> str:
    kind = change.label.kind.replace("_", " ")
    params = ", ".join(f"{name} {value}" for name, value in change.label.params.items())
    return f"{kind} ({params})" if params else kind


def _state(change: Change) -> str:
    if change.undone:
        return "undone"
    return "cannot be undone" if change.fixed else ""


def _record(change: Change) -> dict[str, object]:
    return {
        "change": change.id,
        "kind": change.label.kind,
        "params": dict(change.label.params),
        "made_at": change.made_at,
        "undone": change.undone,
        "fixed": change.fixed,
    }
