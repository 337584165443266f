"""The step that cuts: what it keeps, and what it makes of drafts once a person has touched one of them."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from clip import embed
from clip.propose import described
from domain.clip import Lengths
from domain.span import Span
from domain.transcript import Sentence, Transcript, Word
from pipeline.step import Work
from pipeline.steps import cut
from store import clips, media, sentence_vectors, transcripts
from store.postgres import Store
from tests.conftest import People
from tests.store.things import NOW, a_listening, a_recording, spoken


def test_what_sentences_mean_is_kept_from_as_many_on_as_take_their_time(
    store: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = ["Bleed the brakes.", "Fill in your tax form."]
    sentences = tuple(Sentence(text, 20_000 * n, 20_000 * n + 9_000) for n, text in enumerate(texts))
    words = tuple(Word(each.text, each.start_ms, each.end_ms, 0.9) for each in sentences)
    with store.transaction() as tx:
        recording = a_recording(tx, people.expert)
        media.save_listening(tx, recording.id, a_listening(40_000))
        transcripts.save_transcript(tx, recording.id, Transcript("en", "by hand", "none", words, sentences))
    tools = cast(Any, SimpleNamespace(store=store, lengths=Lengths()))
    work = Work(recording, tools, lambda fraction: None, lambda: False)

    kept = []
    for many in (3, 2):
        monkeypatch.setattr(embed, "MANY", many)
        made = cut(work)
        with store.transaction() as tx:
            made.save(tx)
            kept.append(sentence_vectors.kept(tx, recording.id))

    assert kept == [None, embed.packed(texts, "en")]


def test_heard_again_drafts_are_called_by_what_is_said_now_and_the_clip_a_person_touched_stays(
    store: Store, people: People
) -> None:
    tools = cast(Any, SimpleNamespace(store=store, lengths=Lengths()))
    english = spoken("Bleed the brakes with mineral oil. Fill in the tax form online.", word_ms=1_000)
    german = spoken(
        "Bremsen mit Mineralöl erst entlüften, bitte. Das Steuerformular online ausfüllen.",
        word_ms=1_000,
        language="de",
    )
    with store.transaction() as tx:
        recording = a_recording(tx, people.expert)
        media.save_listening(tx, recording.id, a_listening(20_000))
        transcripts.save_transcript(tx, recording.id, english)
        clips.propose(tx, recording, described(english, [Span(0, 6_000), Span(6_000, 20_000)]), "en")
        before = clips.clips_of_recording(tx, recording.id, people.expert.id)
        clips.change(tx, before[0].id, version=1, now=NOW, title="Brakes")
        transcripts.save_transcript(tx, recording.id, german)

    made = cut(Work(recording, tools, lambda fraction: None, lambda: False))
    with store.transaction() as tx:
        made.save(tx)
        after = clips.clips_of_recording(tx, recording.id, people.expert.id)

    assert [(each.id, each.title) for each in after] == [
        (before[0].id, "Brakes"), (before[1].id, "Das Steuerformular online ausfüllen"),
    ]  # fmt: skip
    assert after[0].tags == before[0].tags
    assert "steuerformular" in " ".join(after[1].tags).lower()
    assert not {*after[1].tags} & {*before[1].tags}
    assert [each.language for each in after] == ["de", "de"]
