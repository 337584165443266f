"""A place on the home screen, and what the gallery shares."""

import io
import re

import pytest
from fastapi.testclient import TestClient
from PIL import Image, ImageChops

from publish_api.pages.static_files import FOLDER
from scripts import make_icons
from tests.conftest import People
from tests.publish_api.pages.conftest import Browse


@pytest.fixture
def nobody(browse: Browse) -> TestClient:
    return browse(None)


def test_the_manifest_says_what_phones_ask_before_they_install(nobody: TestClient) -> None:
    answer = nobody.get("/app.webmanifest")

    said = answer.json()
    assert answer.headers["content-type"] == "application/manifest+json"
    assert {k: said[k] for k in ("id", "start_url", "scope", "display", "theme_color", "background_color")} == {
        "id": "/",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "theme_color": "#fbfaf7",
        "background_color": "#fbfaf7",
    }
    assert said["color_scheme_dark"] == {"theme_color": "#181714", "background_color": "#181714"}
    assert [(each["short_name"], each["url"]) for each in said["shortcuts"]] == [
        ("Record", "/record"),
        ("Recordings", "/recordings"),
    ]
    assert {(i["sizes"], i.get("purpose")) for i in said["icons"]} >= {
        ("192x192", "any"),
        ("512x512", "any"),
        ("192x192", "maskable"),
        ("512x512", "maskable"),
    }


def test_its_colours_are_those_of_the_pages(nobody: TestClient) -> None:
    said = nobody.get("/app.webmanifest").json()
    papers = re.findall(r"--paper: (#\w+);", (FOLDER / "css" / "tokens.css").read_text())
    page = nobody.get("/sign-in").text

    assert papers == [said["theme_color"], said["color_scheme_dark"]["theme_color"]]
    assert re.findall(r'name="theme-color" content="(#\w+)"', page) == papers


def test_every_picture_it_names_is_there_in_the_size_it_says(nobody: TestClient) -> None:
    said = nobody.get("/app.webmanifest").json()
    named = {i["src"]: i["sizes"] for i in [*said["icons"], *said["shortcuts"][0]["icons"]] if i["sizes"] != "any"}

    sizes = {src: Image.open(io.BytesIO(nobody.get(src).content)).size for src in named}

    assert {src: f"{width}x{height}" for src, (width, height) in sizes.items()} == named


def test_an_iphone_finds_its_icon(nobody: TestClient) -> None:
    [address] = re.findall(r'rel="apple-touch-icon" href="([^"]+)"', nobody.get("/sign-in").text)

    answer = nobody.get(address)

    assert answer.headers["content-type"] == "image/png"
    assert Image.open(io.BytesIO(answer.content)).size == (180, 180)


@pytest.mark.parametrize("icon", make_icons.SET, ids=lambda icon: icon.name)
def test_the_icons_are_what_the_mark_looks_like_today(icon: make_icons.Icon) -> None:
    drawn = make_icons.draw(icon).convert("RGBA")

    kept = Image.open(make_icons.ICONS / icon.name).convert("RGBA")

    assert ImageChops.difference(drawn, kept).getbbox() is None


def test_a_mask_cuts_off_nothing_of_the_mark() -> None:
    icon = Image.open(make_icons.ICONS / "maskable-512.png").convert("RGB")
    paper = icon.getpixel((0, 0))
    box = ImageChops.difference(icon, Image.new("RGB", icon.size, paper)).getbbox()

    assert box is not None
    furthest = max(((x - 256) ** 2 + (y - 256) ** 2) ** 0.5 for x in (box[0], box[2]) for y in (box[1], box[3]))
    assert furthest < 0.4 * 512


def test_the_gallery_is_offered_for_pictures_that_move_and_for_sound(nobody: TestClient) -> None:
    target = nobody.get("/app.webmanifest").json()["share_target"]

    assert (target["action"], target["method"], target["enctype"]) == ("/share", "POST", "multipart/form-data")
    assert target["params"]["files"] == [{"name": "files", "accept": ["video/*", "audio/*"]}]


def test_what_is_shared_before_the_phone_is_ready_leads_to_where_it_can_be_picked(
    nobody: TestClient, browse: Browse, people: People
) -> None:
    files = [("files", ("tip.mp4", b"x" * 3_000_000, "video/mp4"))]

    signed_in = browse(people.expert).post("/share", files=files)
    stranger = nobody.post("/share", files=files, headers={"Sec-Fetch-Site": "none"})
    reloaded = nobody.get("/share")

    assert (signed_in.status_code, signed_in.headers["location"]) == (303, "/record?shared=failed")
    assert (stranger.status_code, stranger.headers["location"]) == (303, "/record?shared=failed")
    assert (reloaded.status_code, reloaded.headers["location"]) == (303, "/record")


def test_signing_in_on_the_way_leads_back_to_what_was_shared(nobody: TestClient) -> None:
    answer = nobody.get("/record?shared=1")

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Frecord%3Fshared%3D1")
