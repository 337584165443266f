"""Which language somebody reads, and that a translation is only words."""

import io
from datetime import UTC, datetime

import pytest
from babel.messages.pofile import read_po
from starlette.datastructures import Headers

from publish_api import tongue
from publish_api.pages import words
from publish_api.services import Services
from scripts import languages
from store import people as store_people
from tests.conftest import People
from tests.publish_api import material
from tests.publish_api.pages.conftest import Browse

OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.mark.parametrize(
    ("cookie", "accepts", "reads"),
    [
        ("", "", "en"),
        ("", "ar", "ar"),
        ("", "ar-EG,ar;q=0.9,en;q=0.8", "ar"),
        ("", "en;q=0.5, ar;q=0.7", "ar"),
        ("", "tlh, ar;q=0", "en"),
        ("", "ar;q=much, *", "en"),
        ("passiton_language=ar", "en", "ar"),
        ("passiton_language=../etc/passwd", "ar", "ar"),
    ],
)
def test_the_cookie_counts_before_what_the_browser_asks_for(cookie: str, accepts: str, reads: str) -> None:
    assert tongue.asked_for(Headers({"cookie": cookie, "accept-language": accepts})) == reads


def test_a_person_reads_in_the_language_they_have_chosen_wherever_they_sign_in(
    services: Services, browse: Browse, people: People
) -> None:
    here, elsewhere = browse(people.learner), browse(people.learner)

    chosen = here.post("/language", data={"language": "ar", "next": "/saved"}, headers=OURS, follow_redirects=False)
    there = elsewhere.get("/saved", headers={"Accept-Language": "en"})

    assert (chosen.status_code, chosen.headers["location"]) == (303, "/saved")
    assert '<html lang="ar" dir="rtl">' in there.text
    assert "<h1>محفوظ</h1>" in there.text


def test_who_is_not_signed_in_reads_on_in_the_language_of_the_cookie(browse: Browse) -> None:
    nobody = browse(None)

    nobody.post("/language", data={"language": "ar", "next": "/sign-in"}, headers=OURS)

    assert "<h1>تسجيل الدخول</h1>" in nobody.get("/sign-in").text


@pytest.mark.parametrize(("next_", "leads"), [("//evil.example", "/"), ("https://evil.example", "/"), ("/a\\b", "/")])
def test_choosing_a_language_leads_to_no_other_site(browse: Browse, next_: str, leads: str) -> None:
    answer = browse(None).post(
        "/language", data={"language": "ar", "next": next_}, headers=OURS, follow_redirects=False
    )

    assert answer.headers["location"] == leads


def test_another_sites_page_chooses_no_language_for_anybody(services: Services, browse: Browse, people: People) -> None:
    answer = browse(people.learner).post(
        "/language", data={"language": "ar"}, headers={"Sec-Fetch-Site": "cross-site"}, follow_redirects=False
    )

    with services.store.transaction() as tx:
        assert store_people.person_by_public_id(tx, people.learner.public_id).language is None
    assert answer.status_code == 403


def test_an_error_of_the_api_keeps_its_code_and_is_said_in_the_readers_language(browse: Browse, people: People) -> None:
    answer = browse(people.learner).get("/api/v1/clips/nothing", headers={"Accept-Language": "ar"})

    assert answer.json()["error"]["code"] == "not_found"
    assert any("\u0621" <= letter <= "\u064a" for letter in answer.json()["error"]["message"])


def test_what_strangers_write_is_text_in_a_translated_sentence_too(
    services: Services, browse: Browse, people: People
) -> None:
    made = material.recording(services, people.expert)
    clip = material.published(services, made, people.curator, 0)
    with services.store.transaction() as tx:
        tx.execute("update clip set audience = %s where id = %s", ["<b>%(boom)s</b>", made.clips[0].id])

    page = browse(people.learner).get(f"/clips/{clip.public_id}", headers={"Accept-Language": "ar"}).text

    assert "&lt;b&gt;%(boom)s&lt;/b&gt;" in page


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "لا مقاطع"), (1, "مقطع واحد"), (2, "مقطعان"), (3, "3 مقاطع"), (11, "11 مقطعًا"), (100, "100 مقطع")],
)
def test_arabic_counts_in_six_ways(number: int, said: str) -> None:
    with tongue.speaking("ar"):
        assert tongue.ngettext("%(num)s clip", "%(num)s clips", number) == said


def test_days_are_written_with_the_names_of_months_that_a_language_has() -> None:
    day = datetime(2031, 3, 5, 14, 7, tzinfo=UTC)

    with tongue.speaking("ar"):
        arabic = words.day(day)

    assert (words.day(day), words.moment(day), arabic) == ("5 March 2031", "5 March 2031, 14:07 UTC", "5 مارس 2031")


def test_every_catalogue_has_what_the_sources_say_and_nothing_else() -> None:
    said = languages.sentences()

    for path in languages.catalogues():
        kept = languages.read(path)
        assert languages.stale(said, kept) == []
        assert languages.wrong(kept) == []


@pytest.mark.parametrize(
    ("sentence", "translated"),
    [
        ("Hello %(name)s", "مرحبًا"),
        ("Hello", "مرحبًا %(name)s"),
        ("Hello", "<script>"),
        ("Hello", 'مرحبًا" onclick="'),
        ("<b>Hello</b>", "<i>مرحبًا</i>"),
    ],
)
def test_a_translation_that_lacks_a_place_or_brings_markup_is_found(sentence: str, translated: str) -> None:
    escaped = translated.replace('"', '\\"')
    text = f'msgid "{sentence}"\nmsgstr "{escaped}"\n'

    catalogue = read_po(io.BytesIO(text.encode()), locale="ar")

    assert len(languages.wrong(catalogue)) == 1
