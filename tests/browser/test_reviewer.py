"""A reviewer goes through five minutes of recording: by keyboard alone, in no more presses than are allowed."""

from benchmarks.reviewing import MOST_PRESSES, MOST_SECONDS, NAME, NEW_TITLE, Keys, attention, furnish, review
from store import clips, transcripts
from tests.browser.conftest import House, Visit


def test_six_clips_are_corrected_and_published_in_forty_presses(house: House, visit: Visit) -> None:
    drafts = furnish(house.services.store, house.people.expert)
    keys = Keys(visit(house.people.curator, "/review"))

    read = review(keys, drafts)

    assert keys.pressed <= MOST_PRESSES
    assert sum(attention(keys.pressed, read).values()) <= MOST_SECONDS
    with house.services.store.transaction() as tx:
        made = [clips.clip(tx, draft.public_id, house.people.curator.id) for draft in drafts]
        said = transcripts.transcript(tx, drafts[0].parts[0].recording_id)
    assert said is not None
    assert [each.parts[0].span.end_ms for each in made] == [
        49_680, 99_680, 149_680, 199_680, 249_680, 300_000,
    ]  # fmt: skip
    assert [each.parts[0].span.start_ms for each in made[1:]] == [each.parts[0].span.end_ms for each in made[:-1]]
    assert all(each.published_at is not None for each in made)
    assert made[3].title == NEW_TITLE
    assert [len(each.tags) > len(draft.tags) for each, draft in zip(made, drafts, strict=True)] == [True] * 6
    assert [word.text for word in said.words].count(NAME) == 3
