"""Rows: one file per noun. A row never leaves the thread that read it."""
