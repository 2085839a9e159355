"""The tags that the user of a library taught it, and teaching them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, func, select

from kikimimi.encoders.contract import Encoder
from kikimimi.errors import QueryError
from kikimimi.library import store
from kikimimi.library.database import Database, read_settings
from kikimimi.library.journal.label import Label
from kikimimi.library.records import Failure, Sound, SoundReference
from kikimimi.library.schema import sound_tags, sounds, tags, taught_tags
from kikimimi.library.taught import applying, examples
from kikimimi.library.taught.background import Background
from kikimimi.library.taught.checks import check_has_sounds, check_may_be_taught
from kikimimi.library.taught.exchange import ExportedTag, read_tags, write_tags
from kikimimi.library.taught.refitting import refit, refit_unfitted
from kikimimi.library.taught.sounds import check_agreement, judge_files, judge_sound
from kikimimi.library.vector_index import VectorIndex

BEST_SHOWN = 10


@dataclass(frozen=True, slots=True)
class TaughtTag:
    """A taught tag: known examples and counter-examples, and the present sounds that have it."""

    name: str
    examples: int
    counter_examples: int
    tagged: int
    created_at: str


@dataclass(frozen=True, slots=True)
class ScoredSound:
    """A sound and how likely it has a tag, in [0, 1]; from 0.5 on it has it."""

    sound: Sound
    score: float


@dataclass(frozen=True, slots=True)
class TeachReport:
    """What teaching a tag has done; `best` are the likeliest of the sounds that have it new."""

    tag: TaughtTag
    added: int
    removed: int
    best: tuple[ScoredSound, ...]
    failures: tuple[Failure, ...] = ()


class TaughtTags:
    """The taught tags of a library. Every method raises LibraryError if that cannot be written."""

    def __init__(
        self,
        database: Database,
        index: Callable[[], VectorIndex],
        load_encoder: Callable[[], Encoder],
    ) -> None:
        self._database = database
        self._index = index
        self._load_encoder = load_encoder

    def list(self) -> Sequence[TaughtTag]:
        """All taught tags by name."""
        with self._database.reading() as connection:
            query = select(tags.c.name).join(taught_tags).order_by(tags.c.name)
            names = connection.execute(query).scalars().all()
            return [_describe(connection, name) for name in names]

    def teach(
        self,
        name: str,
        wanted: Iterable[SoundReference] = (),
        *,
        unwanted: Iterable[SoundReference] = (),
    ) -> TeachReport:
        """Add examples and counter-examples to a tag, learn it, and tag the whole library.

        Sounds that have the tag by hand are examples from the first time on. The last judgement of
        a sound counts. Sounds are compared by the bytes of their files.

        Args:
            name: the tag, new or taught before; not the full name of an automatic tag.
            wanted: sounds that have it: ids, or paths of any sound files.
            unwanted: sounds that do not.

        Raises:
            QueryError: the name cannot be a tag or is an automatic one, an id is unknown, a sound
                is given as both, there is no example yet, or none of those given can be read.
            LibraryError: the library has no sounds.
        """
        plain = examples.plain_name(name)
        with self._database.reading() as connection:
            check_may_be_taught(connection, plain)
            check_has_sounds(connection)
        yes, bad = judge_files(self._database, wanted, self._load_encoder, wanted=True)
        no, also_bad = judge_files(self._database, unwanted, self._load_encoder, wanted=False)
        failures = (*bad, *also_bad)
        judged = [*yes, *no]
        if failures and not judged:
            raise QueryError(
                f"none of the examples can be read, so {plain!r} is as before; the first: "
                f"{failures[0].path}: {failures[0].reason}"
            )
        check_agreement(judged)
        label = Label("tag_taught", {"tag": plain, "wanted": len(yes), "unwanted": len(no)})
        return self._learn(label, plain, judged, failures)

    def forget(self, name: str) -> int:
        """Delete a taught tag and its examples; return how many sounds lose it.

        Tags given by hand stay.

        Raises:
            QueryError: no such tag was taught.
        """
        with self._database.writing(Label("tag_unlearned", {"tag": name})) as connection:
            tag_id = examples.known_taught(connection, name)
            tagged = applying.sounds_tagged(connection, tag_id)
            applying.remove_all(connection, tag_id)
            examples.delete_taught(connection, tag_id)
            store.refresh_tag_words(connection, sorted(tagged))
        return len(tagged)

    def review(self, name: str, *, limit: int = BEST_SHOWN) -> Sequence[ScoredSound]:
        """The sounds that are most uncertain to have a tag, and were not judged, copies left out.

        Raises:
            QueryError: no such tag was taught, or it has no example left.
        """
        with self._database.reading() as connection:
            tag_id = examples.known_taught(connection, name)
            head = examples.read_heads(connection).get(tag_id)
            if head is None:
                raise QueryError(f"the tag {name!r} has no example; give one with --yes")
            scores = applying.probabilities(head, self.background(connection))
            judged = examples.judged_sounds(connection, tag_id)
            open_ones = sorted(
                scores.keys() - judged.keys(), key=lambda key: abs(scores[key] - 0.5)
            )
            return _present(connection, open_ones, scores, limit)

    def correct(
        self, connection: Connection, sound_ids: Sequence[int], name: str, *, wanted: bool
    ) -> None:
        """Learn from a tag that was given or taken by hand, if it is a taught one."""
        tag_id = examples.find_taught(connection, name)
        if tag_id is None:
            return
        found = [store.sound_with_id(connection, sound_id) for sound_id in sound_ids]
        judged = [judge_sound(connection, each, wanted=wanted, origin="tag") for each in found]
        examples.write_examples(connection, tag_id, judged)
        self._apply(connection, tag_id)

    def learn_unfitted(self) -> None:
        """Learn the tags whose examples were not there before, but have been indexed now."""
        with self._database.reading() as connection:
            if not examples.unfitted_tags(connection):
                return
        with self._database.writing() as connection:
            refit_unfitted(connection)

    def write(self, target: Path, names: Sequence[str] = ()) -> int:
        """Write taught tags with their examples to a JSON file, all if none is named; how many.

        Raises:
            QueryError: no such tag was taught, or there is none at all.
            LibraryError: the file cannot be written.
        """
        with self._database.reading() as connection:
            settings = read_settings(connection)
            size = self.background(connection).vectors.shape[1]
            chosen = [examples.plain_name(each) for each in names]
            chosen = chosen or [tag.name for tag in self.list()]
            if not chosen:
                raise QueryError("no tag was taught yet; teach one first")
            ids = [(each, examples.known_taught(connection, each)) for each in chosen]
            exported = [
                ExportedTag(each, tuple(examples.read_examples(connection, tag_id, size=size)))
                for each, tag_id in ids
            ]
        write_tags(target, exported, encoder_identity=settings["encoder_identity"])
        return len(exported)

    def read(self, source: Path) -> Sequence[TeachReport]:
        """Take over the tags of a file that `write` wrote, and learn them for this library.

        Of a sound that was judged in both, the judgement of this library stays.

        Raises:
            QueryError: the file is missing, damaged, or made with another encoder.
            LibraryError: the library has no sounds.
        """
        with self._database.reading() as connection:
            check_has_sounds(connection)
            identity = read_settings(connection)["encoder_identity"]
            size = self.background(connection).vectors.shape[1]
        imported = read_tags(source, encoder_identity=identity, size=size)
        with self._database.reading() as connection:
            for tag in imported:
                check_may_be_taught(connection, tag.name)
        return [
            self._learn(
                Label("tag_imported", {"tag": tag.name}), tag.name, tag.examples, (), keep=True
            )
            for tag in imported
        ]

    def _learn(
        self,
        label: Label,
        name: str,
        judged: Sequence[examples.JudgedSound],
        failures: Sequence[Failure],
        *,
        keep: bool = False,
    ) -> TeachReport:
        """Write examples, fit and apply a tag in one transaction."""
        with self._database.writing(label) as connection:
            tag_id = examples.find_taught(connection, name)
            if tag_id is None:
                tag_id = examples.add_taught(connection, name)
                examples.write_examples(connection, tag_id, _given_by_hand(connection, tag_id))
            if keep:
                own = examples.judged_contents(connection, tag_id)
                judged = [each for each in judged if each.content_hash not in own]
            examples.write_examples(connection, tag_id, judged)
            if examples.count_examples(connection, tag_id)[0] == 0:
                raise QueryError(
                    f"the tag {name!r} has no example, only sounds that are not it; give at least "
                    "one sound that is"
                )
            before = len(applying.sounds_tagged(connection, tag_id))
            new = self._apply(connection, tag_id)
            after = len(applying.sounds_tagged(connection, tag_id))
            by_score = sorted(new, key=lambda sound_id: (-new[sound_id], sound_id))
            return TeachReport(
                tag=_describe(connection, name),
                added=len(new),
                removed=before + len(new) - after,
                best=tuple(_present(connection, by_score, new, BEST_SHOWN)),
                failures=tuple(failures),
            )

    def _apply(self, connection: Connection, tag_id: int) -> dict[int, float]:
        """Fit a tag to its examples and tag the library with it; the sounds that have it new."""
        return refit(connection, tag_id, self.background(connection))

    def background(self, connection: Connection) -> Background:
        """The windows that tags are learned against."""
        index = self._index()
        index.refresh(connection)
        return Background(index.rows.vectors, index.rows.sound_ids)


def _given_by_hand(connection: Connection, tag_id: int) -> list[examples.JudgedSound]:
    """The sounds that have the tag by hand, as examples."""
    query = (
        select(sounds)
        .join(sound_tags)
        .where(sound_tags.c.tag_id == tag_id, sound_tags.c.source == "user")
    )
    found = [store.sound_of_row(row) for row in connection.execute(query).all()]
    return [judge_sound(connection, each, wanted=True, origin="tag") for each in found]


def _describe(connection: Connection, name: str) -> TaughtTag:
    tag_id = examples.known_taught(connection, name)
    wanted, unwanted = examples.count_examples(connection, tag_id)
    tagged = connection.execute(
        select(func.count())
        .select_from(sound_tags.join(sounds))
        .where(sound_tags.c.tag_id == tag_id, sound_tags.c.source == "taught")
        .where(sounds.c.missing == 0)
    ).scalar_one()
    created = select(taught_tags.c.created_at).where(taught_tags.c.tag_id == tag_id)
    return TaughtTag(name, wanted, unwanted, tagged, connection.execute(created).scalar_one())


def _present(
    connection: Connection, sound_ids: Iterable[int], scores: dict[int, float], limit: int
) -> list[ScoredSound]:
    """The first `limit` sounds that are there, one of each content."""
    found: dict[str, ScoredSound] = {}
    for sound_id in sound_ids:
        if len(found) == limit:
            break
        sound = store.sound_with_id(connection, sound_id)
        if not sound.missing:
            found.setdefault(sound.content_hash, ScoredSound(sound, scores[sound_id]))
    return list(found.values())
