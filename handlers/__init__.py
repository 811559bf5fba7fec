"""The wire: one file per resource. Reads by schema, calls a service, answers. Knows aiohttp, never models or media."""
