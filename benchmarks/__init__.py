"""Measures what the README and the design claim; each file is a command of its own."""
