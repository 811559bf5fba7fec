"""A person's revision counts before any machine's; a quiz names the revision that it was checked against; old
databases keep what they had."""

from pathlib import Path

import apsw
import pytest
from playhouse.migrations import Runner

from media.transcript import Segment, Transcript, Word
from quizsys.calls import Call
from quizsys.config import Settings
from quizsys.db import MIGRATIONS, Store
from quizsys.engine import apply_migrations
from quizsys.errors import Code, QuizsysError
from quizsys.questions.question import QuizDraft
from quizsys.services import revisions, transcripts
from quizsys.services.claims import Claim
from quizsys.services.generation import apply_quiz, prepare_quiz
from quizsys.services.quizzes import get_quiz
from quizsys.services.revisions import Edit
from quizsys.services.search import Filters, search
from quizsys.sqlite import open_database
from quizsys.storage import Storage
from tests.queueing import add_asset

CLAIM = Claim("job", "p", "asset", "transcription", {}, 1, "me")


def heard(text: str) -> Transcript:
    words = tuple(Word(n * 0.1, n * 0.1 + 0.1, word, 0.5) for n, word in enumerate(text.split()))
    return Transcript("en", "tiny.en", (Segment(0.0, 1.0, text, words),))


def correct(base: int, text: str) -> dict[str, object]:
    proposal = revisions.propose_correction("p", "asset", base, [Edit(0, text)], None, "Ada")
    return revisions.save_revision("p", "asset", base, proposal)


def count_found(word: str) -> int:
    return len(list(search(Filters(frozenset({"p"})), word)))


@pytest.fixture
async def _asset(store: Store) -> None:
    await store.run(add_asset)


@pytest.mark.usefixtures("_asset")
async def test_what_a_machine_hears_again_does_not_overtake_a_person(store: Store) -> None:
    first = await store.run(transcripts.apply_transcription, CLAIM, heard("plants hear it"))
    assert (first["revision"], first["current_revision"], first["note"]) == (1, 1, "")
    await store.run(correct, 1, "plants say it")
    again = await store.run(transcripts.apply_transcription, CLAIM, heard("pants hear it"))
    assert (again["revision"], again["current_revision"]) == (3, 2)
    assert "revert to revision 3" in again["note"]
    current = await store.read(transcripts.get_transcript, "p", "asset")
    assert (current["revision"], current["segments"][0]["text"], current["author"]) == (2, "plants say it", "Ada")
    assert (await store.read(count_found, "say"), await store.read(count_found, "pants")) == (1, 0)
    assert "say" in await store.read(transcripts.get_captions, "p", "asset", "vtt")


@pytest.mark.usefixtures("_asset")
async def test_what_a_machine_heard_again_can_be_taken_by_hand(store: Store) -> None:
    await store.run(transcripts.apply_transcription, CLAIM, heard("one"))
    await store.run(correct, 1, "two")
    await store.run(transcripts.apply_transcription, CLAIM, heard("three"))
    proposal = await store.read(revisions.propose_reversal, "p", "asset", None, 3, "Ada")
    saved = await store.run(revisions.save_revision, "p", "asset", None, proposal)
    assert (saved["revision"], saved["base_revision"], saved["is_current"]) == (4, 3, True)
    assert (await store.read(count_found, "three"), await store.read(count_found, "two")) == (1, 0)
    # From now on a correction is of what counts, and one of the machine's own is refused.
    with pytest.raises(QuizsysError, match="revision 4 is") as caught:
        await store.run(correct, 3, "x")
    assert caught.value.code is Code.CONFLICT


@pytest.mark.usefixtures("_asset")
async def test_without_a_person_the_newest_machines_counts(store: Store) -> None:
    for text in ("one", "two"):
        await store.run(transcripts.apply_transcription, CLAIM, heard(text))
    assert (await store.read(transcripts.get_transcript, "p", "asset"))["revision"] == 2
    assert (await store.read(count_found, "two"), await store.read(count_found, "one")) == (1, 0)


@pytest.mark.usefixtures("_asset")
async def test_a_correction_between_look_and_write_is_not_lost(store: Store) -> None:
    await store.run(transcripts.apply_transcription, CLAIM, heard("one"))
    slow = await store.read(revisions.propose_correction, "p", "asset", 1, [Edit(0, "slow")], None, "Bob")
    await store.run(correct, 1, "quick")
    with pytest.raises(QuizsysError, match="revision 2 is"):
        await store.run(revisions.save_revision, "p", "asset", 1, slow)
    assert (await store.read(transcripts.get_transcript, "p", "asset"))["segments"][0]["text"] == "quick"


@pytest.mark.usefixtures("_asset")
async def test_a_quiz_names_the_revision_that_it_was_checked_against(store: Store, settings: Settings) -> None:
    await store.run(transcripts.apply_transcription, CLAIM, heard("one"))
    call = await store.read(prepare_quiz, CLAIM, Storage(settings.storage_root), Path(), author=None)
    assert isinstance(call, Call)
    await store.run(correct, 1, "two")
    draft = QuizDraft("t", "g", (), (), "", call.args[0].transcript_id)
    made = await store.run(apply_quiz, CLAIM, draft)
    quiz = await store.read(get_quiz, "p", made["quiz_id"])
    assert quiz["transcript_revision"] == 1


async def test_an_older_database_keeps_its_transcripts_and_can_be_searched(settings: Settings) -> None:
    path = settings.database_url
    path.parent.mkdir(parents=True, exist_ok=True)
    db = open_database(path, "normal")
    with db.connection_context():
        runner = Runner(db, str(MIGRATIONS))
        runner.up("0001_first_tables")
    old = apsw.Connection(str(path))
    old.execute("INSERT INTO transcripts VALUES ('t', 'asset', 1, 'en', 'tiny.en', 'hash', 1)")
    old.execute("INSERT INTO segments VALUES (1, 't', 0, 0.0, 1.0, 'old words', '[[0.0, 1.0, \"old\", 0.5]]')")
    old.execute("INSERT INTO spoken_rows VALUES (7, 'asset', 'speech')")
    old.execute(
        "INSERT INTO spoken (rowid, text, project_id, asset_id, start_s, end_s, source)"
        " VALUES (7, 'old words', 'p', 'asset', 0.0, 1.0, 'speech')"
    )
    old.close()
    assert "0006_words" in apply_migrations(settings)
    store = Store(path, durability="normal")
    await store.open()
    try:
        await store.run(add_asset)
        assert await store.read(count_found, "old") == 1
        read = await store.read(transcripts.get_transcript, "p", "asset")
        assert (read["source"], read["revision"], read["segments"][0]["text"]) == ("machine", 1, "old words")
        await store.run(correct, 1, "new words")
        assert (await store.read(count_found, "old"), await store.read(count_found, "new")) == (0, 1)
    finally:
        await store.close()
