"""Reels: what they may be."""

import pytest

from domain.reel import Caption, Shape


@pytest.mark.parametrize("shape", Shape)
def test_every_shape_has_as_many_pixels_and_sides_that_an_encoder_takes(shape: Shape) -> None:
    assert shape.width * shape.height == 921_600
    assert shape.width % 16 == shape.height % 16 == 0


@pytest.mark.parametrize(("start_ms", "end_ms"), [(-1, 5), (5, 5), (6, 5)])
def test_a_caption_runs_forward_or_does_not_exist(start_ms: int, end_ms: int) -> None:
    with pytest.raises(ValueError, match="runs forward"):
        Caption(start_ms, end_ms, ("Close the valve",))
