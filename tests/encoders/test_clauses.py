"""Clauses for tags."""

import re

import pytest

from kikimimi.encoders.clauses import clause_of
from kikimimi.encoders.vocabulary import audioset_527, vocabulary

TAGS = [entry.tag for entry in (*audioset_527(), *vocabulary("esc50"))]


@pytest.mark.parametrize(
    ("tag", "english", "japanese"),
    [
        ("esc50/dog", "a dog barks", "犬が吠えている"),
        ("audioset/Accordion", "an accordion plays", "アコーディオンの演奏が聞こえる"),
        ("audioset/Ukulele", "a ukulele plays", "ウクレレの演奏が聞こえる"),
        ("audioset/French horn", "a French horn plays", "フレンチホルンの演奏が聞こえる"),
        ("audioset/Reggae", "reggae plays", "レゲエが流れている"),
        ("audioset/Christmas music", "Christmas music plays", "クリスマス音楽が流れている"),
        ("Dragon roar", "dragon roar can be heard", "Dragon roarの音が聞こえる"),
        ("爆発音", "爆発音 can be heard", "爆発音が聞こえる"),
    ],
)
def test_clause(tag: str, english: str, japanese: str) -> None:
    assert (clause_of(tag).english, clause_of(tag).japanese) == (english, japanese)


def test_every_tag_has_a_clause_in_both_languages() -> None:
    for tag in TAGS:
        clause = clause_of(tag)
        for english in (clause.english, *clause.more):
            assert re.fullmatch(r"[\x20-\x7e]+[^.\s]", english), tag
        assert clause.japanese.endswith(("ている", "でいる", "聞こえる")), tag
        assert clause.in_language("ja") == clause.japanese
