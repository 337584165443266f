"""The step that cuts keeps what the sentences of a long talk mean: whoever cuts it again does not wait for that."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from clip import embed
from domain.clip import Limits
from domain.transcript import Sentence, Transcript, Word
from pipeline.step import Work
from pipeline.steps import cut
from store import media, sentence_vectors, transcripts
from store.postgres import Store
from tests.conftest import People
from tests.store.things import a_listening, a_recording


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
    tools = cast(Any, SimpleNamespace(store=store, lengths=Limits()))
    work = Work(recording, tools, lambda fraction: None, lambda: False)

    kept = []
    for many in (3, 2):
        monkeypatch.setattr(embed, "MANY", many)
        made = cut(work)
        with store.transaction() as tx:
            made.save(tx)
            kept.append(sentence_vectors.kept(tx, recording.id))

    assert kept == [None, embed.packed(texts, "en")]
