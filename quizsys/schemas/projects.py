"""Projects as clients know them."""

from marshmallow import Schema

from quizsys.schemas.plain import Part, Plain


class JobCountsResponse(Schema):
    """How many jobs are in each state."""

    queued = Plain("integer", "Waiting for their turn.", minimum=0)
    running = Plain("integer", "At work.", minimum=0)
    completed = Plain("integer", "Done.", minimum=0)
    failed = Plain("integer", "Given up.", minimum=0)
    cancelled = Plain("integer", "Stopped by somebody.", minimum=0)


class ProjectResponse(Schema):
    id = Plain("string", "The project's id, which is its name.", examples=["biology-1"])
    videos = Plain("integer", "How many videos it has.", minimum=0)
    assets = Plain("integer", "How many files of all kinds, videos among them.", minimum=0)
    jobs = Part(JobCountsResponse, "How many jobs, by state.")
    quizzes = Plain("integer", "How many quizzes.", minimum=0)
    bytes = Plain("integer", "What its files take, with all that was made of them.", minimum=0)
    updated_at = Plain("string", "When something of it last changed. UTC.", format="date-time")
