"""A quiz, readable in a terminal."""

from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

STEP_NAMES = {
    "upload": "upload",
    "ingest": "look at the video",
    "scene_detection": "find the slides",
    "transcription": "write down the speech",
    "quiz_generation": "write the questions",
}


def make_progress(console: Console) -> Progress:
    """Bars for steps, one line each."""
    text = TextColumn("{task.description:<24}")
    return Progress(text, BarColumn(40), TaskProgressColumn(), TimeElapsedColumn(), console=console)


def print_quiz(quiz: dict[str, Any], console: Console) -> None:
    """The questions with their choices, the right one marked, and where in the video the proof is."""
    console.print()
    console.rule(f"[bold]{escape(quiz['title'])}")
    for number, question in enumerate(quiz["questions"], 1):
        console.print()
        for line in _lines(number, question):
            console.print(line, highlight=False, soft_wrap=False)
    console.print()
    if quiz.get("note"):
        console.print(escape(quiz["note"]))
    console.print(_summary(quiz), style="dim", highlight=False)


def clock_time(seconds: float) -> str:
    """`m:ss`, or `h:mm:ss` past an hour."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _lines(number: int, question: dict[str, Any]) -> Iterable[str]:
    kind = question["kind"].replace("_", " ")
    pause = clock_time(question["pause_at_s"])
    yield f"[bold]{number:>2}. {escape(question['stem'])}[/bold]  [dim]{kind}, pause at {pause}[/dim]"
    for choice in question["choices"]:
        mark, style = ("*", "green") if choice["correct"] else (" ", "default")
        text = f"{choice['text']} → {choice['match']}" if choice["match"] else choice["text"]
        yield f"    [{style}]{mark} {escape(text)}[/{style}]"
    if not question["choices"]:
        yield f"    [green]* {escape(question['answer'])}[/green]"
    evidence = question["evidence"]
    span = f"{clock_time(evidence['start_s'])}-{clock_time(evidence['end_s'])}"
    yield f'    [cyan]proof {span}[/cyan] [italic]"{escape(evidence["quote"])}"[/italic]'


def _summary(quiz: dict[str, Any]) -> str:
    refused = ", ".join(f"{row['reason']} {row['count']}" for row in quiz["refused"]) or "none"
    return f"{len(quiz['questions'])} draft questions by {quiz['generator']}. Candidates refused: {refused}."
