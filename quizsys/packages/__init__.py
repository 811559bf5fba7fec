"""Quizzes in the formats of other systems, one file for each. Pure: plain values in, a file out."""
