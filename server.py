"""quizsys: lesson videos in, quizzes out. `python server.py --help` lists the commands.

Each command imports what it needs inside itself: the media pool's processes import this file again.
"""

import argparse
import gc
import io
import sys
from importlib import import_module
from pathlib import Path

COMMANDS = {
    "serve": ("handlers.serve", "run"),
    "worker": ("quizsys.worker", "run"),
    "quiz": ("quizsys.quiz_command", "run"),
    "token": ("quizsys.token_command", "run"),
    "check": ("quizsys.checks", "run"),
    "migrate": ("quizsys.upkeep", "run_migrate"),
    "backup": ("quizsys.upkeep", "run_backup"),
    "restore": ("quizsys.restore", "run_restore"),
    "prune": ("quizsys.retention", "run_prune"),
}


def main() -> int:
    if isinstance(sys.stdout, io.TextIOWrapper):
        # The name of a file may be bytes that are no text.
        sys.stdout.reconfigure(errors="backslashreplace")
    options = make_parser().parse_args()
    from quizsys.config import BadSetting, read_settings

    try:
        settings = read_settings()
    except BadSetting as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    module, function = COMMANDS[options.command]
    # What is loaded stays: nothing of it is garbage, and to look for some takes a sixth of the time.
    gc.disable()
    run = getattr(import_module(module), function)
    gc.enable()
    return int(run(settings, options))


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="server.py", description="Lesson videos in, quizzes out.")
    parser.set_defaults(command="serve")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    add_command(commands, "serve", "run the server (the default)")
    add_command(commands, "worker", "run jobs beside the server on this host, sharing its queue")
    quiz = add_command(commands, "quiz", "make a quiz from a video file, here and now, without a server")
    quiz.add_argument("file", type=Path, metavar="FILE", help="the lesson: MP4, MOV or AVI")
    quiz.add_argument("--out", type=Path, metavar="DIR", help="also write quiz, transcript, captions, scenes into DIR")
    quiz.add_argument(
        "--packages",
        metavar="LIST",
        help="also write the quiz for other systems into DIR/packages: all, or gift,h5p,...",
    )
    quiz.add_argument("--questions", type=int, metavar="N", help="how many questions at most")
    quiz.add_argument("--json", action="store_true", help="print the quiz as JSON instead of text")
    add_token_commands(add_command(commands, "token", "make, list or revoke tokens, also while the server runs"))
    add_command(commands, "check", "check this machine and the settings, and say what to mend")
    add_command(commands, "migrate", "bring the database to the present shape")
    backup = add_command(commands, "backup", "write a consistent copy of the database, also while the server runs")
    backup.add_argument("file", type=Path, metavar="FILE", help="the copy; an older one is replaced")
    prune = add_command(
        commands, "prune", "delete what the *_KEEP_DAYS settings no longer keep, as the server does hourly"
    )
    prune.add_argument("--dry-run", action="store_true", help="only tell what would go")
    restore = add_command(commands, "restore", "put a backup in the place of the database, while nothing runs")
    restore.add_argument("file", type=Path, metavar="FILE", help="what backup wrote; it is only read")
    return parser


def add_token_commands(token: argparse.ArgumentParser) -> None:
    actions = token.add_subparsers(dest="action", required=True, metavar="ACTION")
    create = actions.add_parser("create", help="make a token and print it, this once")
    create.add_argument("--name", required=True, metavar="N", help="who or what it is for")
    create.add_argument("--role", required=True, choices=("admin", "editor", "viewer"), help="what it may do")
    create.add_argument("--project", action="append", default=[], metavar="P", help="only this one; may be repeated")
    create.add_argument("--days", type=int, metavar="D", help="how long it is good (for ever)")
    actions.add_parser("list", help="list all tokens, never the secrets themselves")
    actions.add_parser("revoke", help="end a token at once").add_argument("id", metavar="ID")


def add_command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, text: str
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    command.set_defaults(command=name)
    return command


if __name__ == "__main__":
    sys.exit(main())
