"""How good the questions are: a sheet for people to judge."""
