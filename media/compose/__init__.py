"""Composed video: a timeline of clips becomes finished files, in one pass of one ffmpeg graph.

`timeline` has the values, `film` puts the graph together and runs it, `remux` cuts without encoding anew.
"""
