"""What is heard in a composed video, measured: levels, silence, music, ducking, loudness."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from films import compose, level_db, make, make_timeline, read_sound

from media.compose.export import export_film
from media.compose.film import measure_gain_db
from media.compose.timeline import CROSSFADE, TO_BLACK, Clip, Ducking, Music, Output, Source, Transition
from media.ffmpeg import ffmpeg_binary

SILENT_DB = -70


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Source]:
    """Two seconds each of a low tone at -20 dB in mono at 22 kHz, of a high one at -26 in stereo, and of none."""
    folder = tmp_path_factory.mktemp("sounds")
    picture = "color=gray:s=320x180:r=25:d=2"
    wave = "0.05*sin(2*PI*1000*t)"
    tone = "aevalsrc=0.1*sin(2*PI*{}*t):d=2:s={}"
    return {
        "low": make(folder / "low.mp4", picture, tone.format(300, 22050)),
        "high": make(folder / "high.mp4", picture, f"aevalsrc={wave}|{wave}:d=2:s=48000", **{"c:a": "mp3"}),
        "mute": make(folder / "mute.mp4", picture),
        "gap": make(folder / "gap.mp4", picture, tone.format(300, 44100).replace("d=2", "d=1")),
    }


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Music:
    """One second of 2000 Hz, then one of 3000 Hz, both at -6 dB."""
    folder = tmp_path_factory.mktemp("music")
    sound = "aevalsrc='0.5*sin(2*PI*if(lt(t,1),2000,3000)*t)':d=2:s=44100"
    made = make(folder / "music.mp4", "color=gray:s=64x64:r=25:d=2", sound)
    target = folder / "music.wav"
    subprocess.run([ffmpeg_binary(), "-v", "error", "-i", str(made.path), "-t", "2", str(target)], check=True)
    return Music(target, "wav", 2.0, audio_channels=1, volume=0.5)


def test_each_clip_is_heard_in_its_place_to_the_sample(films: dict[str, Source], tmp_path: Path) -> None:
    clips = Clip(films["low"], 0.5, 1.5), Clip(films["mute"], 0, 1), Clip(films["high"], 0, 1)
    mute = Clip(films["high"], 0, 1, with_sound=False)
    film = tmp_path / compose(make_timeline(*clips, mute, Clip(films["gap"], 0, 2)), tmp_path).filename
    assert level_db(film, 0.1, 0.9, 300) == pytest.approx(-20, abs=0.7)
    assert level_db(film, 1.1, 1.9) < SILENT_DB
    assert level_db(film, 2.1, 2.9, 1000) == pytest.approx(-26, abs=0.7)
    assert level_db(film, 2.1, 2.9, 300) < -50
    assert level_db(film, 3.1, 3.9) < SILENT_DB
    assert level_db(film, 4.1, 4.9, 300) == pytest.approx(-20, abs=0.7)
    assert level_db(film, 5.2, 5.9) < SILENT_DB
    assert read_sound(film).shape == (2, pytest.approx(6 * 48_000, abs=1024))


def test_a_crossfade_blends_and_a_fade_falls_silent(films: dict[str, Source], tmp_path: Path) -> None:
    clips = (
        Clip(films["low"], 0, 2, Transition(CROSSFADE, 1)),
        Clip(films["high"], 0, 2, Transition(TO_BLACK, 1)),
        Clip(films["low"], 0, 2),
    )
    film = tmp_path / compose(make_timeline(*clips), tmp_path).filename
    assert level_db(film, 0.2, 0.8, 1000) < -50
    assert level_db(film, 1.4, 1.6, 300) == pytest.approx(-26, abs=2)
    assert level_db(film, 1.4, 1.6, 1000) == pytest.approx(-32, abs=2)
    assert level_db(film, 2.1, 2.4, 300) < -50
    assert level_db(film, 2.97, 3.03) < level_db(film, 2.2, 2.4) - 12
    assert level_db(film, 3.6, 4.8, 300) == pytest.approx(-20, abs=0.7)


def test_music_begins_at_its_offset_fades_and_ends(films: dict[str, Source], music: Music, tmp_path: Path) -> None:
    faded = replace(music, offset_s=0.5, fade_in_s=0.4, fade_out_s=0.5)
    film = tmp_path / compose(make_timeline(Clip(films["mute"], 0, 2), music=faded), tmp_path).filename
    assert level_db(film, 0.0, 0.06) < -25
    assert level_db(film, 0.41, 0.49, 2000) == pytest.approx(-12, abs=1.5)
    assert level_db(film, 0.55, 0.95, 3000) == pytest.approx(-12, abs=1)
    assert level_db(film, 1.4, 1.5) < -25
    assert level_db(film, 1.6, 1.95) < SILENT_DB


@pytest.mark.parametrize("offset_s", [0.0, 0.5])
def test_music_that_loops_goes_on_to_the_end(
    films: dict[str, Source], music: Music, tmp_path: Path, offset_s: float
) -> None:
    clips = [Clip(films["mute"], 0, 2)] * 3
    looped = replace(music, loop=True, offset_s=offset_s)
    film = tmp_path / compose(make_timeline(*clips, music=looped), tmp_path).filename
    for second in range(6):
        start_s = second + 0.05 if second % 1 == 0 else second
        tone = 2000 if (start_s + offset_s) % 2 < 1 else 3000
        assert level_db(film, start_s, start_s + 0.4, tone) == pytest.approx(-12, abs=1), second


def test_music_steps_back_where_someone_speaks(films: dict[str, Source], music: Music, tmp_path: Path) -> None:
    clips = Clip(films["low"], 0, 2), Clip(films["mute"], 0, 2)
    ducked = replace(music, loop=True, ducking=Ducking(threshold=0.02, ratio=10, attack_ms=10, release_ms=100))
    film = tmp_path / compose(make_timeline(*clips, music=ducked), tmp_path).filename
    under, alone = level_db(film, 0.4, 0.9, 2000), level_db(film, 2.5, 2.95, 2000)
    assert alone == pytest.approx(-12, abs=1)
    assert under < alone - 6
    plain = tmp_path / compose(make_timeline(*clips, music=replace(ducked, ducking=None)), tmp_path).filename
    assert level_db(plain, 0.4, 0.9, 2000) == pytest.approx(-12, abs=1)


@pytest.mark.parametrize("target_lufs", [-16.0, -30.0])
def test_the_whole_is_brought_to_a_loudness(films: dict[str, Source], tmp_path: Path, target_lufs: float) -> None:
    clips = Clip(films["low"], 0, 2), Clip(films["high"], 0, 2)
    made = compose(make_timeline(*clips, loudness_lufs=target_lufs), tmp_path)
    found = make_timeline(
        Clip(replace(films["low"], path=tmp_path / made.filename, duration_s=4.0), 0, 4), loudness_lufs=target_lufs
    )
    assert measure_gain_db(found, tmp_path, 2) == pytest.approx(0, abs=1)
    # What differs inside stays apart: one gain for all.
    difference = level_db(tmp_path / made.filename, 2.2, 3.8, 1000) - level_db(tmp_path / made.filename, 0.2, 1.8, 300)
    assert difference == pytest.approx(-6, abs=0.7)


def test_silence_stays_silent_when_it_is_levelled(films: dict[str, Source], tmp_path: Path) -> None:
    made = compose(make_timeline(Clip(films["mute"], 0, 1), loudness_lufs=-16.0), tmp_path)
    assert level_db(tmp_path / made.filename, 0, 0.9) < SILENT_DB


def test_progress_moves_evenly_to_its_end(films: dict[str, Source], tmp_path: Path) -> None:
    seen: list[float] = []
    big = Output("film", "mp4", 1280, 720)
    clips = [Clip(films["low"], 0, 2, Transition(CROSSFADE, 0.2))] * 8
    timeline = make_timeline(*clips, outputs=(big,), width_px=1280, height_px=720, loudness_lufs=-16.0)
    export_film(timeline, tmp_path, 1, seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 100
    steps = [after - before for before, after in zip([0.0, *seen], seen, strict=False)]
    assert max(steps) < 50
    assert len(seen) >= 5
