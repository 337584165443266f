"""Where things are in a reel's picture."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.reel import Shape
from transcode.reel_cards import NIGHT, Box, Told, caption_overlay, clip_card, stage, title_card

TOLD = Told(2, 5, "Bleed the pump before the late shift", "Ana Kovač")
SIDES = st.integers(90, 4096)
EVERY = list(product(Shape, [(1920, 1080), (1080, 1920), (640, 480), (720, 720), (608, 1080)]))


@settings(max_examples=25)
@given(st.sampled_from(Shape), SIDES, SIDES)
def test_a_film_of_any_size_is_seen_whole_and_as_large_as_can_be(shape: Shape, across: int, down: int) -> None:
    film = stage(shape, across, down, TOLD).film

    assert 0 <= film.left <= film.right <= shape.width
    assert 0 <= film.top <= film.foot <= shape.height
    assert shape.width - film.width <= 1 or shape.height - film.height <= 1
    assert abs(film.width * down - film.height * across) <= 2 * max(across, down)


@pytest.mark.parametrize(("shape", "size"), EVERY)
def test_words_keep_off_the_edges_and_hide_no_film_where_there_is_ground(shape: Shape, size: tuple[int, int]) -> None:
    where = stage(shape, *size, TOLD)
    box = caption_overlay(where, ("Always close the", "blue valve")).box

    assert shape.width * 0.03 < box.left < box.right < shape.width * 0.97
    assert box.foot < shape.height * 0.97
    assert where.over == _overlap(where.words, where.film)


def test_landscape_and_portrait_films_in_each_others_frames_leave_ground_for_words() -> None:
    assert not stage(Shape.LANDSCAPE, 1080, 1920, TOLD).over
    assert not stage(Shape.PORTRAIT, 1920, 1080, TOLD).over
    assert not stage(Shape.SQUARE, 1920, 1080, TOLD).over
    assert stage(Shape.LANDSCAPE, 1920, 1080, TOLD).over
    assert stage(Shape.PORTRAIT, 1080, 1920, TOLD).over


def test_a_caption_can_be_read_on_the_brightest_picture() -> None:
    where = stage(Shape.LANDSCAPE, 1920, 1080, TOLD)
    white = np.full((720, 1280, 3), 255, np.uint8)
    overlay = caption_overlay(where, ("Always close the blue valve first",))

    overlay.onto(white)

    drawn = white[overlay.box.inside]
    letters, ground = (np.percentile(_luminance(drawn), share) for share in (99.5, 50))
    assert (letters + 0.05) / (ground + 0.05) > 7  # WCAG 2.2, 1.4.6
    assert (white[: overlay.box.top] == 255).all()


@pytest.mark.parametrize("shape", Shape)
def test_the_longest_words_stay_on_their_card(shape: Shape) -> None:
    long = ("Donaudampfschifffahrtsgesellschaft " * 6)[:200]

    for card in title_card(shape, long[:80], 20), clip_card(shape, Told(20, 20, long, long)):
        edge = round(min(shape.width, shape.height) * 0.05)
        inner = card[edge:-edge, edge:-edge]
        assert (card == NIGHT).all(axis=2).sum() - (inner == NIGHT).all(axis=2).sum() == card[..., 0].size - inner[
            ..., 0
        ].size


def test_a_card_says_one_tip_and_several_tips() -> None:
    one, two, three = (title_card(Shape.SQUARE, "Week 47", clips) for clips in (1, 2, 3))

    assert not np.array_equal(one, two)
    assert not np.array_equal(two, three)


def test_what_is_not_said_takes_no_room() -> None:
    named, alone = (clip_card(Shape.SQUARE, Told(2, 5, "Bleed the pump", credit)) for credit in ("Ana Kovač", ""))

    rows = [np.flatnonzero((card != NIGHT).any(axis=(1, 2))) for card in (named, alone)]

    above, beneath = rows[1][0], 960 - rows[1][-1]
    assert rows[0][0] < rows[1][0]
    assert 0.75 < above / beneath < 1


def _overlap(a: Box, b: Box) -> bool:
    return a.left < b.right and b.left < a.right and a.top < b.foot and b.top < a.foot


def _luminance(picture: np.ndarray) -> np.ndarray:
    """WCAG's relative luminance."""
    part = picture / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])
