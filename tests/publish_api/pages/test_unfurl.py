"""What a chat shows of a link that somebody posted: it signs in nowhere, and all who read there see it."""

import re
from html import unescape
from io import BytesIO

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from domain.clip import Clip
from publish_api.services import Services
from store import clips, spaces, unfurls
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.pages.conftest import Browse

DEFAULT = {
    "og:site_name": "Pass It On",
    "og:type": "website",
    "og:title": "Pass It On",
    "og:description": "A tip. Sign in to watch.",
    "og:image": "https://clips.example/static/icons/maskable-512.png",
    "og:image:type": "image/png",
    "og:image:width": "512",
    "og:image:height": "512",
    "og:image:alt": "Pass It On",
}
AT_A_SECOND = {**DEFAULT, "og:description": "A tip, from 0:42. Sign in to watch."}


@pytest.fixture
def clip(services: Services, people: People) -> Clip:
    return material.published(services, material.recording(services, people.expert), people.curator)


def test_a_chat_is_told_what_this_is_and_nothing_of_the_clip(browse: Browse, clip: Clip, people: People) -> None:
    paths = (f"/clips/{clip.public_id}", "/clips/0123456789abcdef", f"/clips/{clip.public_id}?t=0&u=0123456789")
    to_a_second = [f"{path.partition('?')[0]}?t=42&v=1&u=0123456789" for path in paths]
    to_none = [f"/clips/{clip.public_id}?t={wrong}" for wrong in ("-1", "1e9", "%3Cb%3E", "9" * 400, "٤٢", "")]

    shown = [unfurled(browse(None), path) for path in (*paths, *to_none)]
    at_a_second = [unfurled(browse(None), path) for path in to_a_second]
    elsewhere = unfurled(browse(None), "/people")

    assert shown == [DEFAULT] * 9
    assert at_a_second == [AT_A_SECOND] * 3
    assert elsewhere == {}
    assert "unfurls" not in browse(people.learner).get(f"/clips/{clip.public_id}").text


def test_where_the_space_allows_it_a_copied_link_shows_its_title(
    services: Services, browse: Browse, people: People, clip: Clip
) -> None:
    allow(services, clip)
    stranger = browse(None)
    mac = mac_of(browse, people, clip)

    shown = unfurled(stranger, f"/clips/{clip.public_id}?t=3&v=1&u={mac}")
    bare = unfurled(stranger, f"/clips/{clip.public_id}")
    guessed = unfurled(stranger, f"/clips/{clip.public_id}?u={'A' * 22}")

    assert shown == {
        **DEFAULT,
        "og:title": "Turning the valve",
        "og:description": "A tip on Pass It On, from 0:03. Sign in to watch.",
    }
    assert bare == guessed == DEFAULT


@pytest.mark.parametrize("how", ["withdrawn", "published again", "no longer allowed"])
def test_a_link_that_was_good_shows_nothing_any_more(
    services: Services, browse: Browse, people: People, clip: Clip, how: str
) -> None:
    allow(services, clip)
    link = f"/clips/{clip.public_id}?u={mac_of(browse, people, clip)}"
    assert unfurled(browse(None), link)["og:title"] == "Turning the valve"

    with services.store.transaction() as tx:
        if how == "no longer allowed":
            unfurls.allow(tx, clip.space_id, False)
        else:
            clips.withdraw(tx, clip.id)
        if how == "published again":
            clips.publish(tx, clip.id, people.curator.id, services.now())

    assert unfurled(browse(None), link) == DEFAULT


def test_a_title_that_looks_like_markup_is_text_in_a_chat_too(
    services: Services, browse: Browse, people: People, clip: Clip
) -> None:
    allow(services, clip)
    with services.store.transaction() as tx:
        clips.change(tx, clip.id, version=clip.version, now=services.now(), title='"><script>alert(1)</script>')

    shown = unfurled(browse(None), f"/clips/{clip.public_id}?u={mac_of(browse, people, clip)}")

    assert shown["og:title"] == '"><script>alert(1)</script>'


def test_an_admin_says_whether_links_of_a_space_show_their_titles(
    services: Services, browse: Browse, people: People, clip: Clip
) -> None:
    with services.store.transaction() as tx:
        space = f"/spaces/{spaces.everyone_space(tx).public_id}"
    admin, curator = browse(people.admin), browse(people.curator)

    before = admin.get(space).text
    allowed = admin.post(f"{space}/unfurls", data={"allowed": "yes"}).status_code
    told = admin.get("/api/v1/spaces").json()
    refused = curator.post(f"{space}/unfurls", data={"allowed": "no"}).status_code
    link = f"/clips/{clip.public_id}?u={mac_of(browse, people, clip)}"

    assert "A chat shows nothing of a clip" in before
    assert (allowed, refused) == (303, 403)
    assert [each["unfurls"] for each in told["items"]] == [True]
    assert unfurled(browse(None), link)["og:title"] == "Turning the valve"
    admin.post(f"{space}/unfurls", data={"allowed": "no"})
    assert unfurled(browse(None), link) == DEFAULT


def allow(services: Services, clip: Clip) -> None:
    with services.store.transaction() as tx:
        unfurls.allow(tx, clip.space_id, True)


def mac_of(browse: Browse, people: People, clip: Clip) -> str:
    [mac] = re.findall(r'<pass-copy player="player" unfurls="([\w-]{22})">', page(browse, people, clip))
    return str(mac)


def page(browse: Browse, people: People, clip: Clip) -> str:
    return browse(people.learner).get(f"/clips/{clip.public_id}").text


def unfurled(stranger: TestClient, path: str) -> dict[str, str]:
    """As a chat's program finds it, which goes where it is led."""
    found = stranger.get(path, follow_redirects=True).text
    assert "<script>alert" not in found
    return {
        name: unescape(content)
        for name, content in re.findall(r'<meta property="(og:[\w:]+)" content="([^"]*)">', found)
    }  # fmt: skip


def test_the_picture_in_a_chat_is_our_own_sign_and_a_stranger_gets_it(browse: Browse, clip: Clip) -> None:
    stranger = browse(None)
    told = unfurled(stranger, f"/clips/{clip.public_id}")

    found = stranger.get(told["og:image"])

    with Image.open(BytesIO(found.content)) as sign:
        assert (sign.format, *map(str, sign.size)) == ("PNG", told["og:image:width"], told["og:image:height"])
        assert sign.convert("RGBA").getextrema()[3] == (255, 255)  # nothing of a dark chat shows through
