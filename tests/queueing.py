"""A video without a file and jobs for it, for tests of the queue alone."""

from quizsys import clock
from quizsys.db import Store
from quizsys.models.assets import Asset
from quizsys.services import claims, jobs
from quizsys.services.claims import Claim


def add_asset(asset_id: str = "asset", project_id: str = "p") -> None:
    now = clock.utc_now()
    Asset(
        id=asset_id,
        project_id=project_id,
        filename="a.mp4",
        original_filename="a.mp4",
        relative_path=f"uploads/{project_id}/{asset_id}.mp4",
        checksum="",
        size_bytes=1,
        mime_type="video/mp4",
        status="ready",
        metadata={"duration": 1.0},
        created_at=now,
        updated_at=now,
    ).add()


async def enqueue(store: Store, max_tries: int = 3, delay_s: float = 0.0, needs: tuple[str, ...] = ()) -> str:
    new = jobs.NewJob("p", "ingest", "asset", max_tries, delay_s, {"asset_id": "asset"}, needs)
    return (await store.run(lambda: jobs.dump_job(jobs.insert_job(new))))["id"]  # type: ignore[no-any-return]


async def claim(store: Store, owner: str = "me", lease_s: float = 30) -> Claim:
    found = await store.run(claims.claim_job, owner, lease_s)
    assert found is not None
    return found
