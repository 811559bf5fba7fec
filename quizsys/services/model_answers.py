"""A model's answers, remembered: the same question about the same words costs once."""

from quizsys.clock import utc_now
from quizsys.db import Store
from quizsys.models.model_answers import ModelAnswer


def find_answer(key: str) -> str | None:
    row = ModelAnswer.get_or_none(ModelAnswer.key == key)
    return None if row is None else str(row.answer)


def keep_answer(key: str, model: str, answer: str) -> None:
    """The first one stays, if two came at once."""
    if not ModelAnswer.has(key=key):
        ModelAnswer(key=key, model=model, answer=answer, created_at=utc_now()).add()


class StoredAnswers:
    """The memory of questions.llm.client, in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def find(self, key: str) -> str | None:
        return await self._store.read(find_answer, key)

    async def keep(self, key: str, model: str, answer: str) -> None:
        await self._store.run(keep_answer, key, model, answer)
