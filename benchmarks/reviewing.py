"""How long has a reviewer to attend to five minutes of recording? python -m benchmarks.reviewing

A recording of 300 s with six drafts lies in the database as the pipeline leaves it: one name was misheard three times,
three bounds are a sentence off, one title says nothing. In Chromium, by keyboard alone and in the order of the clips,
the name is corrected everywhere, the bounds are moved by a pause each, the title is written anew, a tag that is
suggested is taken for every clip, and each is published. Every press of a key counts, the letters typed among them; a
key held for another (Shift) would count too, and none is needed.

**The goals:** at most 40 presses, and at most three minutes of a person's attention. No person was timed: the seconds
are put together from what is known of people.

- A key takes 0.28 s, a decision 1.35 s (K of a practised typist and M of Card, Moran and Newell, "The keystroke-level
  model for user performance time with interactive systems", CACM 1980).
- 238 words are read in a minute (Brysbaert, "How many words do we read per minute?", J. of Memory and Language 2019).
- For each clip the reviewer reads its title, its tags and those suggested, its first sentence and its last, for those
  say whether the bounds are right, and decides four times: about the bounds, the title, the tags, and that people may
  see it. What is said in between is what the engine was sure of, and is not read: whoever wants to read all needs as
  long as the recording lasts, with this page or any other.
- For each word in doubt they read its sentence, hear two seconds of it, and decide once. A name that is put right
  everywhere is decided once more.
- The page of the next clip takes a second, in which they wait.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction

from playwright.sync_api import Page, expect, sync_playwright

from benchmarks.chromium import launch
from benchmarks.house import served
from benchmarks.measure import Figure, Goal, Result, keep
from clip.propose import described
from domain.clip import Clip
from domain.consent import TERMS_VERSION
from domain.media import Listening, Probe
from domain.person import Person, Role
from domain.span import Span
from domain.transcript import Pause, Sentence, Transcript, Word
from domain.vocabulary import Term
from pipeline import journey
from publish_api.access import COOKIE
from store import clips, credentials, media, recordings, spaces, steps, transcripts, vocabulary
from store.postgres import Store
from transcode.keyframes import plan

MOST_PRESSES = 40
MOST_SECONDS = 180.0
KEY_S, DECISION_S, HEARD_S, PAGE_S = 0.28, 1.35, 2.0, 1.0
READ_S = 60 / 238  # a word

MISHEARD, NAME = "Klueber", "Klüber"
NEW_TITLE = "Reset alarms"
SPOKEN_MS, PAUSE_MS = 9_400, 600
SUBJECTS = (
    (
        "First we grease the bearing of the mixer with Klueber paste.",
        "Take the guard off and wipe the old grease from the bearing.",
        "Press Klueber into the nipple until clean grease comes out.",
        "Turn the shaft by hand so that the bearing takes the grease.",
        "A greased bearing runs quietly and stays cool for months.",
    ),
    (
        "Now the seal of the pump, which leaks when it is worn.",
        "Close both valves before you open the housing of the pump.",
        "Lift the worn seal out with a hook and look at its seat.",
        "Push the new seal in by hand, never with a hammer.",
        "Open the valves and look whether the seal of the pump is dry.",
    ),
    (
        "The conveyor belt runs to one side when its rollers are dirty.",
        "Stop the belt and scrape the rollers clean from below.",
        "Loosen the screw of the tail roller by half a turn.",
        "Let the belt run and watch where its edge goes.",
        "Tighten the screw when the belt stays in the middle.",
    ),
    (
        "If the alarm of the oven sounds, look at the display first.",
        "Write the number of the alarm on the sheet beside the oven.",
        "Hold the reset key for three seconds until the alarm ends.",
        "The door switch needs a drop of Klueber when the alarm returns.",
        "Call the electrician when the same alarm sounds three times.",
    ),
    (
        "Labels come off the bottles when the glue is too cold.",
        "Heat the glue to sixty degrees before you start the labeller.",
        "Clean the glue roller with warm water after each shift.",
        "Feel with a finger whether the label sticks at both ends.",
        "Set the brush closer when a label has bubbles.",
    ),
    (
        "At the end of the shift we clean the filling heads.",
        "Rinse each filling head with hot water for two minutes.",
        "Unscrew the nozzles and lay them into the acid bath.",
        "Rinse the nozzles until the test strip stays green.",
        "Hang the clean nozzles up to dry and sign the cleaning sheet.",
    ),
)
VOCABULARY = ("Bearing", "Pump", "Conveyor belt", "Alarm", "Label", "Filling heads", "Safety", "Forklift", "Quality")
FPS = Fraction(25)


@dataclass
class Keys:
    """Whoever sits at the keyboard."""

    page: Page
    pressed: int = 0

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.pressed += 1

    def write(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.pressed += len(text)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.reviewing", description=__doc__)
    parser.add_argument("--runs", type=int, help="Taken and ignored: keys are the same every time.")
    parser.parse_args(arguments)
    keep(measure())


def measure() -> Result:
    with served("--no-worker") as house, sync_playwright() as playwright:
        curator, client = house.person("reviewer", Role.CURATOR)
        client.close()
        drafts = furnish(house.store, curator)
        with house.store.transaction() as tx:
            session = credentials.new_session(tx, curator.id, now=datetime.now(UTC))
        browser = launch(playwright)
        context = browser.new_context(base_url=house.url, service_workers="block")
        context.add_cookies([{"name": COOKIE, "value": session, "url": house.url}])
        keys = Keys(context.new_page())
        read = review(keys, drafts)
        browser.close()
    parts = attention(keys.pressed, read)
    return Result(
        name="reviewing",
        title="A reviewer's time on five minutes of recording",
        goals=(
            Goal("key presses, letters among them", keys.pressed, MOST_PRESSES),
            Goal("attention", sum(parts.values()), MOST_SECONDS, "s"),
        ),
        figures=tuple(Figure(what, "s", (seconds,)) for what, seconds in parts.items()),
        notes=(
            "Six clips: a name corrected in three places, three bounds moved, a title written, six tags taken, all "
            "published. By keyboard alone, in Chromium.",
            "Attention is reckoned, not timed: what from, benchmarks/reviewing.py says step by step.",
        ),
    )


def furnish(store: Store, speaker: Person) -> tuple[Clip, ...]:
    """The six drafts of a recording as the pipeline leaves it, but for its media, which nobody plays here."""
    transcript, listening = heard()
    length_ms = listening.plan.duration_ms
    at = [0, *(listening.plan.nearest_ms(pause.middle_ms) for pause in listening.pauses[:-1]), length_ms]
    # The second ends a sentence early, with which the third begins; the fifth has lost its first.
    spans = [Span(at[a], at[b]) for a, b in ((0, 5), (5, 9), (9, 15), (15, 20), (21, 25), (25, 30))]
    proposals = described(transcript, spans, name="Shift tips")
    now = datetime.now(UTC)
    with store.transaction() as tx:
        for label in VOCABULARY:
            vocabulary.add(tx, Term(label))
        recording, _ = recordings.arrive(
            tx, upload_id="reviewed", space_id=spaces.everyone_space(tx).id, uploader_id=speaker.id,
            speaker_id=speaker.id, title="Shift tips", filename="tips.mp4", media_type="video/mp4", byte_size=1,
            step_names=journey.NAMES, terms=TERMS_VERSION,
        )  # fmt: skip
        probe = Probe("mov", length_ms, 854, 480, 0, False, FPS, 0, None, "h264", "aac", 0, 1)
        recordings.looked(tx, recording.id, probe)
        media.save_listening(tx, recording.id, listening)
        transcripts.save_transcript(tx, recording.id, transcript)
        recordings.heard_language(tx, recording.id, "en")
        clips.propose(tx, recordings.load(tx, recording.id), proposals, "en")
        for name in journey.NAMES:
            steps.done(tx, recording.id, name, now)
        return clips.clips_of_recording(tx, recording.id, speaker.id)


def heard() -> tuple[Transcript, Listening]:
    """Thirty sentences of 9.4 s, each with 0.6 s after it. In doubt: the name that was misheard, and one word more."""
    words: list[Word] = []
    sentences: list[Sentence] = []
    pauses: list[Pause] = []
    at = 0
    for text in (sentence for subject in SUBJECTS for sentence in subject):
        said = text.split()
        length = SPOKEN_MS // len(said)
        for i, word in enumerate(said):
            sure = 0.3 if word in {MISHEARD, "seat."} else 0.95
            words.append(Word(word, at + i * length, at + (i + 1) * length, sure))
        sentences.append(Sentence(text, at, at + SPOKEN_MS))
        pauses.append(Pause(at + SPOKEN_MS, at + SPOKEN_MS + PAUSE_MS))
        at += SPOKEN_MS + PAUSE_MS
    transcript = Transcript("en", "by hand", "none", tuple(words), tuple(sentences))
    return transcript, Listening(None, tuple(pauses), plan(pauses, at, FPS))


@dataclass(frozen=True)
class Read:
    """What a reviewer reads: the drafts, and how many words were suggested as tags."""

    drafts: tuple[Clip, ...]
    suggested: int


def review(keys: Keys, drafts: tuple[Clip, ...]) -> Read:
    """From the first draft's page on, by keyboard alone. Returns what there was to read."""
    page = keys.page
    page.goto(f"/review/{drafts[0].public_id}")
    shown = 0
    for number, clip in enumerate(drafts):
        expect(page.locator("nav.waiting [aria-current]")).to_have_attribute("href", f"/review/{clip.public_id}")
        expect(page.locator("[data-loading]")).to_be_hidden()
        expect(page.locator("pass-suggested button").first).to_be_visible()
        shown += len(page.locator("pass-suggested").inner_text().split())
        if number in _CORRECTED:
            _CORRECTED[number](keys)
        keys.press("1")
        expect(page.locator("[data-last]")).to_contain_text("Took")
        keys.press("n")
    expect(page.get_by_text("Published", exact=True).first).to_be_visible()
    return Read(drafts, shown)


def _words(keys: Keys) -> None:
    keys.press("w")
    expect(keys.page.get_by_role("button", name=f"{MISHEARD} (in doubt)").first).to_be_focused()
    keys.press("Enter")
    keys.write(NAME)
    keys.press("Enter")
    expect(keys.page.get_by_role("button", name=f"Write “{NAME}” there, too")).to_be_focused()
    keys.press("Enter")
    expect(keys.page.get_by_role("button", name=MISHEARD)).to_have_count(0)


def _bound(key: str, bound: str, at: str) -> Callable[[Keys], None]:
    def move(keys: Keys) -> None:
        keys.press(key)
        expect(keys.page.locator(f'[data-bound="{bound}"].bound [data-at]')).to_have_text(at)

    return move


def _title(keys: Keys) -> None:
    keys.press("t")
    keys.write(NEW_TITLE)
    keys.press("Enter")
    expect(keys.page.locator("[data-last]")).to_contain_text("Changed the title")


_CORRECTED: dict[int, Callable[[Keys], None]] = {
    0: _words,
    1: _bound("g", "end", "1:39.68"),
    2: _bound("r", "start", "1:39.68"),
    3: _title,
    4: _bound("e", "start", "3:19.68"),
}


def attention(pressed: int, read: Read) -> dict[str, float]:
    """Seconds of each kind, as the docstring of this file has them."""
    transcript, _ = heard()
    texts = [[s.text for s in transcript.sentences if c.parts[0].span.covers(s.middle_ms)] for c in read.drafts]
    edges = sum(len(f"{said[0]} {said[-1]}".split()) for said in texts)
    named = sum(len(f"{clip.title} {' '.join(clip.tags)}".split()) for clip in read.drafts)
    doubts = [word for word in transcript.words if word.probability < 0.5]
    around = sum(
        len(s.text.split()) for s in transcript.sentences for w in doubts if s.start_ms <= w.start_ms < s.end_ms
    )
    clips_seen = len(read.drafts)
    return {
        "reading titles, tags, first and last sentences": (edges + named + read.suggested) * READ_S,
        "deciding about bounds, title, tags, publication": 4 * clips_seen * DECISION_S,
        "words in doubt: reading, hearing, deciding": around * READ_S
        + len(doubts) * (HEARD_S + DECISION_S)
        + DECISION_S,
        "pressing keys": pressed * KEY_S,
        "waiting for the next clip": (clips_seen - 1) * PAGE_S,
    }


if __name__ == "__main__":
    main()
