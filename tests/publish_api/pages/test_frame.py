"""What every page has: addresses that can be kept, errors in words, words for no signal."""

import gzip
import re
from pathlib import Path

import pytest

from publish_api.pages import look, static_files
from tests.conftest import People
from tests.publish_api.pages.conftest import Browse

_TEMPLATES = Path(look.__file__).parent / "templates"


def test_files_are_kept_for_ever_under_the_address_that_pages_use(browse: Browse, people: People) -> None:
    page = browse(people.learner).get("/").text
    [address] = re.findall(r'href="(/static/[^"]+/css/tokens.css)"', page)

    answer = browse(None).get(address, headers={"Accept-Encoding": "identity"})

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"].startswith("text/css")
    assert "--accent" in answer.text


def test_an_address_of_another_version_is_not_there(browse: Browse) -> None:
    assert browse(None).get("/static/000000000000/css/tokens.css").status_code == 404
    assert browse(None).get("/static/css/tokens.css").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["../look.py", "%2e%2e/look.py", "css/../../look.py", "css", ""])
def test_nothing_outside_the_folder_is_served(path: str, browse: Browse) -> None:
    assert browse(None).get(f"/static/{path}").status_code == 404


def test_scripts_travel_packed(browse: Browse) -> None:
    with browse(None).stream("GET", "/static/js/pass-player.js", headers={"Accept-Encoding": "gzip"}) as answer:
        sent = b"".join(answer.iter_raw())

    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert b"class PassPlayer" in gzip.decompress(sent)


def test_what_was_packed_at_set_up_travels_so_to_whoever_reads_that(browse: Browse) -> None:
    lengths = {}
    for reads in ("gzip, br;q=0", "gzip, deflate, br", "identity"):
        with browse(None).stream("GET", "/static/vendor/hls.mjs", headers={"Accept-Encoding": reads}) as answer:
            lengths[answer.headers.get("content-encoding")] = sum(len(part) for part in answer.iter_raw())

    assert lengths["br"] < lengths["gzip"] < lengths[None]
    assert browse(None).get("/static/vendor/hls.mjs.br").status_code == 404


def test_a_page_travels_packed_to_whoever_reads_that(browse: Browse) -> None:
    bodies = {}
    for reads in ("gzip", "identity"):
        with browse(None).stream("GET", "/sign-in", headers={"Accept-Encoding": reads}) as answer:
            bodies[answer.headers.get("content-encoding")] = b"".join(answer.iter_raw())
            assert answer.headers["vary"] == "Accept-Encoding, Accept-Language"

    assert b"<h1" in bodies[None]
    assert b"<h1" in gzip.decompress(bodies["gzip"])


@pytest.mark.skipif(not (static_files.FOLDER / "vendor" / "packed").exists(), reason="not packed: make test does that")
def test_a_module_is_packed_as_it_was_at_set_up_and_goes_as_written_once_it_has_changed() -> None:
    path = static_files.FOLDER / "js" / "clock.js"
    written = path.read_bytes()

    same, changed = static_files._read(path, written), static_files._read(path, written + b"// another word\n")

    assert set(same.packed) == {"br", "gzip"}
    assert (set(changed.packed), changed.data) == ({"gzip"}, written + b"// another word\n")


def test_a_page_asks_at_once_for_all_that_its_elements_import() -> None:
    found = [address.rpartition("/")[2] for address in static_files.modules("pass-copy")]

    assert found == ["pass-copy.js", "clock.js", "player-of.js", "pass-toast.js", "words.js"]


def test_the_record_page_names_everything_it_needs_without_signal(browse: Browse, people: People) -> None:
    page = browse(people.expert).get("/record").text
    named = set(re.findall(r'"/static/[0-9a-f]{12}/([^"#]+)', page))

    needed = set()
    for path in [each for each in named if each.endswith(".js")]:
        text = static_files.text(path)
        needed |= {f"js/{name}" for name in re.findall(r"""["']\./([\w-]+\.js)["']""", text)}
        needed |= set(re.findall(r"""["']\.\./([\w/.-]+)["']""", text))
    for path in [each for each in named if each.endswith(".css")]:
        needed |= set(re.findall(r"url\(([^)]+)\)", static_files.text(path)))

    assert {"js/opfs-worker.js", "js/queue.js", "icons/icons.svg"} <= needed
    assert needed - named == {"js/pass-bell.js"}  # hears what is new: without signal there is nothing to hear


def test_every_release_has_a_service_worker_of_its_own(browse: Browse) -> None:
    answer = browse(None).get("/sw.js")

    assert answer.text.startswith(f'const RELEASE = "{static_files.version()}";\n')
    assert (answer.headers["cache-control"], answer.headers["content-type"]) == (
        "no-cache",
        "text/javascript; charset=utf-8",
    )


def test_a_page_says_whose_it_is_to_the_service_worker(browse: Browse, people: People) -> None:
    theirs, refused, nobodys = (
        browse(people.expert).get("/record"),
        browse(people.learner).get("/record"),
        browse(people.learner).get("/offline"),
    )

    assert (theirs.headers["person-id"], refused.status_code) == (people.expert.public_id, 403)
    assert refused.headers["person-id"] == people.learner.public_id
    assert "person-id" not in nobodys.headers


def test_a_page_that_is_not_there_says_so_as_a_page_and_the_api_as_json(browse: Browse, people: People) -> None:
    browser = browse(people.learner)

    page, answer = browser.get("/nowhere"), browser.get("/api/v1/nowhere")

    assert page.status_code == 404
    assert "<h1>Nothing here</h1>" in page.text
    assert "Lea Learner" in page.text
    assert answer.json()["error"]["code"] == "not_found"


def test_the_words_for_no_signal_are_nobodys(browse: Browse, people: People) -> None:
    page = browse(people.learner).get("/offline").text

    assert "No signal here" in page
    assert "Lea" not in page


def test_a_page_is_kept_by_no_shared_cache(browse: Browse, people: People) -> None:
    assert browse(people.learner).get("/").headers["cache-control"] == "private, no-cache"


def test_a_phone_can_put_it_on_its_home_screen(browse: Browse) -> None:
    said = browse(None).get("/app.webmanifest").json()

    assert (said["name"], said["start_url"], said["display"]) == ("Pass It On", "/", "standalone")
    assert browse(None).get(said["icons"][0]["src"]).status_code == 200


def test_a_button_that_leads_to_a_place_has_one_name_on_every_page() -> None:
    named: dict[str, set[str]] = {}
    for template in sorted(_TEMPLATES.glob("*.html")):
        found = re.findall(
            r'<a class="button[^"]*" href="(/[a-z/-]*)">(?:\{\{ icon\([^}]*\}\})?\{\{ _\("([^"]*)"\)',
            template.read_text(),
        )
        for place, name in found:
            named.setdefault(place, set()).add(name)

    ours_to_say = ("/record", "/recordings")  # there a name says what one comes to do
    several = {place: names for place, names in named.items() if len(names) > 1 and place not in ours_to_say}

    assert named["/"] == {"All clips"}
    assert several == {}
