"""What the product does: videos, jobs, transcripts, questions. Knows nothing of HTTP."""
