"""A model's answers, remembered: the same question about the same words costs once."""

from datetime import timedelta

from quizsys.clock import utc_now
from quizsys.db import Store
from quizsys.models.model_answers import ModelAnswer

KEEP_DAYS = 30
PRUNE_BATCH = 500


def find_answer(key: str) -> str | None:
    row = ModelAnswer.get_or_none(ModelAnswer.key == key)
    return None if row is None else str(row.answer)


def keep_answer(key: str, model: str, answer: str) -> None:
    """The first one stays, if two came at once."""
    if not ModelAnswer.has(key=key):
        ModelAnswer(key=key, model=model, answer=answer, created_at=utc_now()).add()


def prune_answers(keep_days: int) -> int:
    """Forget a batch of old answers, which tell of lessons that may be deleted; returns how many."""
    old = ModelAnswer.select(ModelAnswer.key).where(ModelAnswer.created_at < utc_now() - timedelta(days=keep_days))
    keys = [row.key for row in old.limit(PRUNE_BATCH)]
    return int(ModelAnswer.delete().where(ModelAnswer.key.in_(keys)).execute()) if keys else 0


class StoredAnswers:
    """The memory of questions.llm.client, in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def find(self, key: str) -> str | None:
        return await self._store.read(find_answer, key)

    async def keep(self, key: str, model: str, answer: str) -> None:
        await self._store.run(keep_answer, key, model, answer)
