"""What is seen in a film: scenes, and where nothing moves."""

from pathlib import Path

import pytest

from domain.seen import Seen
from domain.span import Span
from tests.transcode import workshop
from tests.transcode.media import numbered
from transcode.jail import Jail
from transcode.probe import probe
from transcode.sight import Glimpse, look, seen


@pytest.fixture(scope="module")
def hands(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With keyframes as phones have them."""
    return workshop.film(tmp_path_factory.mktemp("film") / "hands.mp4", "-g", workshop.FPS)


@pytest.mark.parametrize("keyframes", ["as a phone", "few"])
def test_scenes_are_found_to_the_frame_and_none_is_made_up(
    hands: Path, tmp_path: Path, jail: Jail, keyframes: str
) -> None:
    path = hands if keyframes == "as a phone" else workshop.film(tmp_path / "hands.mp4", "-g", 10_000)

    found = look(path, probe(path, jail), jail, [Span(0, 118_000)])

    assert found is not None
    assert found.changes == workshop.SCENES_MS
    for still, (start_s, end_s) in zip(found.stills, (workshop.STILL_S, workshop.LYING_S), strict=True):
        assert start_s * 1000 <= still.start_ms <= start_s * 1000 + 1_200
        assert end_s * 1000 - 1_400 <= still.end_ms <= end_s * 1000


@pytest.mark.parametrize("seed", range(4))
def test_in_films_drawn_by_chance_all_scenes_are_found_and_nothing_else(seed: int) -> None:
    pictures, begins = workshop.by_chance(seed)
    glimpses = [Glimpse(n / workshop.FPS, light) for n, light in enumerate(pictures)]

    def fetch(bounds: list[tuple[float, float]], every_s: float, keys: bool) -> list[list[Glimpse]]:
        step = workshop.FPS if keys else 1
        return [[each for each in glimpses[seed % step :: step] if a <= each.at_s < b] for a, b in bounds]

    found = seen(fetch, [Span(0, len(pictures) * 1000 // workshop.FPS)], workshop.FPS)

    assert found.changes == tuple(round(n * 1000 / workshop.FPS) for n in begins)


def test_only_what_is_asked_for_is_looked_at(hands: Path, jail: Jail) -> None:
    found = look(hands, probe(hands, jail), jail, [Span(10_000, 40_000), Span(70_000, 91_000)])

    assert found == Seen((24_000, 80_000), ())


def test_where_nobody_is_silent_for_long_nobody_looks(tmp_path: Path, jail: Jail) -> None:
    path = numbered(tmp_path / "talk.mp4", 30)

    assert look(path, probe(path, jail), jail, []) is None
