from pathlib import Path

import pytest

from domain.clip import Lengths
from domain.errors import Misconfigured
from domain.media import Encoder
from pipeline.settings import read


def test_an_empty_environment_gives_the_embedded_defaults() -> None:
    settings = read({})

    assert settings.database_url is None
    assert settings.s3_endpoint is None
    assert settings.data_dir == Path("data")
    assert settings.ladder == (1080, 720, 480, 270)


def test_settings_are_read_from_variables_with_the_prefix() -> None:
    settings = read(
        {
            "PASSITON_DATABASE_URL": "postgresql://db/passiton",
            "PASSITON_PUBLIC_URL": "https://tips.example.com/",
            "PASSITON_LADDER": "270,720",
            "PASSITON_MAX_UPLOAD_BYTES": "1000",
            "PASSITON_CLIP_SECONDS": "10, 30,60",
            "LADDER": "144",
        }
    )

    assert settings.database_url == "postgresql://db/passiton"
    assert settings.public_url == "https://tips.example.com"
    assert settings.ladder == (720, 270)
    assert settings.max_upload_bytes == 1000
    assert settings.lengths == Lengths(10_000, 60_000, 30_000)


def test_encoders_are_named_once_each_in_their_order() -> None:
    settings = read({"PASSITON_ENCODERS": "nvenc, svtav1,nvenc"})

    assert settings.encoders == (Encoder.NVENC, Encoder.SVTAV1)
    assert read({}).encoders == (Encoder.X264,)


def test_an_empty_variable_counts_as_not_set() -> None:
    assert read({"PASSITON_S3_ENDPOINT": " "}).s3_endpoint is None


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PASSITON_LADDER", "large"),
        ("PASSITON_LADDER", "720,-1"),
        ("PASSITON_ENCODERS", "x265"),
        ("PASSITON_CLIP_SECONDS", "20,45"),
        ("PASSITON_CLIP_SECONDS", "45,20,120"),
        ("PASSITON_CLIP_SECONDS", "20,45,long"),
        ("PASSITON_MAX_UPLOAD_BYTES", "4 GB"),
        ("PASSITON_MAX_DURATION_S", "0"),
    ],
)
def test_a_value_that_makes_no_sense_names_its_variable(variable: str, value: str) -> None:
    with pytest.raises(Misconfigured, match=variable):
        read({variable: value})
