"""Names of events in the user's words."""

import pytest

from kikimimi.encoders.detection.labels import event_name, event_tag, find_classes
from kikimimi.encoders.detection.registry import create_detector
from kikimimi.errors import EncoderError

TRAINED = ("dog", "door_wood_knock", "glass_breaking", "my_gong")


@pytest.mark.parametrize(
    ("word", "numbers"),
    [("dog", (0,)), ("Dog", (0,)), ("犬", (0,)), ("knock", (1,)), ("ノック", (1,)),
     ("my_gong", (3,))],
)  # fmt: skip
def test_words_of_any_language_find_classes(word: str, numbers: tuple[int, ...]) -> None:
    assert find_classes([word], TRAINED) == numbers


def test_classes_come_in_their_order_each_once() -> None:
    assert find_classes(["my_gong", "犬", "dog"], TRAINED) == (0, 3)


@pytest.mark.parametrize(("word", "told"), [("dgo", "mean 'dog'"), ("xyzzy", "it knows")])
def test_unknown_words_are_told_with_a_hint(word: str, told: str) -> None:
    with pytest.raises(EncoderError, match=told):
        find_classes([word], TRAINED)


def test_labels_are_shown_in_either_language() -> None:
    assert event_name("door_wood_knock", "ja") == "ノック"
    assert event_name("door_wood_knock", "en") == "door knock"
    assert event_name("my_gong", "ja") == "my_gong"
    assert event_tag("glass_breaking") == "esc50/glass_breaking"
    assert event_tag("my_gong") == "my_gong"


def test_every_category_of_esc50_is_an_event_of_the_default_encoder() -> None:
    """Two tags that mean the same are one class, found by the name of either."""
    classes = create_detector("kikimimi").card.classes
    names = {classes[number] for number in find_classes(["glass_breaking", "crow"], classes)}
    assert names == {"Shatter", "Crow"}
    assert "Silence" not in classes
