"""What `passiton doctor` says of encoders, and of what recordings are made of."""

from pathlib import Path

import pytest

from domain.media import Encoder
from pipeline.doctor import CHECKS, examined
from pipeline.settings import Settings
from store.postgres import Store
from tests.publish_api.pages import providers


def test_an_encoder_that_is_asked_for_and_does_not_work_is_to_be_mended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transcode.encoders.trouble", lambda encoder, _: "no card" if encoder == "nvenc" else None)

    asked = examined("encoders", CHECKS["encoders"], Settings(encoders=(Encoder.NVENC, Encoder.SVTAV1)))
    not_asked = examined("encoders", CHECKS["encoders"], Settings())

    assert not asked.ok
    assert asked.says == (
        "x264 works; nvenc (asked for) does not work here: no card; svtav1 (asked for) works."
        " What does not work is left out; x264 does without it."
    )
    assert not_asked.ok
    assert not_asked.says == "x264 (asked for) works; nvenc does not work here: no card; svtav1 works"


def test_what_recordings_are_made_of_is_counted(store: Store, tmp_path: Path) -> None:
    settings = Settings(database_url=store.dsn, data_dir=tmp_path)

    assert examined("renditions", CHECKS["renditions"], settings).says == "No recordings yet."


def test_what_clips_are_cut_by_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    there = examined("embeddings", CHECKS["embeddings"], Settings())
    monkeypatch.setattr("clip.embed.vectors", lambda texts, language: None)

    missing = examined("embeddings", CHECKS["embeddings"], Settings())

    assert there.says == "all-MiniLM-L6-v2, for en; others are cut by their words alone"
    assert missing.says == "not installed: clips are cut by their words alone"


@pytest.mark.parametrize(
    ("url", "well"),
    [
        ("https://clips.example", True),
        ("http://127.0.0.1:8000", True),
        ("http://[::1]:8000", True),
        ("http://clips.example", False),
        ("http://192.168.1.20:8000", False),
    ],
)
def test_an_address_that_phones_do_not_trust_is_to_be_mended(url: str, well: bool) -> None:
    said = examined("address", CHECKS["address"], Settings(public_url=url))

    assert said.ok is well
    assert url in said.says


def test_single_sign_on_is_asked_whether_it_is_what_the_settings_say() -> None:
    check = CHECKS["single sign-on"]

    unset = examined("single sign-on", check, Settings())
    half = examined("single sign-on", check, Settings(oidc_issuer="https://login.example"))
    with providers.served(providers.Liar()) as issuer:
        well = examined("single sign-on", check, Settings(oidc_issuer=issuer, oidc_client_id="passiton"))
    down = examined("single sign-on", check, Settings(oidc_issuer=issuer, oidc_client_id="passiton"))

    assert (unset.ok, unset.says) == (True, "not set: people sign in with links and codes")
    assert (half.ok, "PASSITON_OIDC_CLIENT_ID" in half.says) == (False, True)
    assert well.ok
    assert well.says == f"{issuer}, 1 key; it has to know http://127.0.0.1:8000/single-sign-on/back"
    assert (down.ok, "does not answer" in down.says) == (False, True)
