"""The chores that forget: a batch at a time, so that they hold nobody up."""

import asyncio
from collections.abc import Callable
from functools import partial

from quizsys.chores import Chore
from quizsys.config import Settings
from quizsys.db import Store
from quizsys.services.model_answers import KEEP_DAYS, PRUNE_BATCH, prune_answers
from quizsys.services.pruning import JOBS_BATCH, prune_jobs
from quizsys.services.receipts import RECEIPTS_BATCH, prune_receipts

INTERVAL_S = 600.0
PAUSE_S = 0.05


def list_pruning(store: Store, settings: Settings) -> list[Chore]:
    receipts = partial(prune_receipts, settings.idempotency_keep_hours)
    chores = [Chore("forget old receipts", INTERVAL_S, partial(prune_in_batches, store, receipts, RECEIPTS_BATCH))]
    answers = partial(prune_answers, KEEP_DAYS)
    chores.append(
        Chore("forget a model's old answers", INTERVAL_S, partial(prune_in_batches, store, answers, PRUNE_BATCH))
    )
    if settings.job_keep_days:
        jobs = partial(prune_jobs, settings.job_keep_days)
        chores.append(Chore("forget old jobs", INTERVAL_S, partial(prune_in_batches, store, jobs, JOBS_BATCH)))
    return chores


async def prune_in_batches(store: Store, prune: Callable[[], int], batch: int) -> None:
    """Until a batch is not full."""
    while await store.run(prune) == batch:  # noqa: ASYNC110
        await asyncio.sleep(PAUSE_S)
