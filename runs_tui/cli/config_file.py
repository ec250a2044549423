"""`runs-tui config path`, `validate` and `schema`."""

import os
from pathlib import Path
from typing import Literal

from runs_tui import looks
from runs_tui.cli.output import Output, say
from runs_tui.cli.status import Status
from runs_tui.config import PATH_VARIABLE, Config, Problem, config_path, load

Form = Literal["text", "json"]


def tell_path(form: Form) -> int:
    """Print the file that is read, and give the exit status."""
    path = config_path()
    if form == "json":
        named = PATH_VARIABLE if os.environ.get(PATH_VARIABLE) else None
        Output().json({"path": str(path), "exists": path.is_file(), "variable": named})
    else:
        Output().line(str(path))
        say("it is there" if path.is_file() else "there is no such file")
    return Status.DONE


def validate(file: str | None, form: Form) -> int:
    """Print everything that is wrong with a configuration, and give the exit status."""
    from runs_tui.app import known
    from runs_tui.config.checking import checked

    config = checked(load(Path(file).expanduser() if file else None), known())
    problems = config.problems
    if form == "json":
        shapes = [shape_of(problem) for problem in problems]
        Output().json({"path": str(config.path), "ok": not problems, "problems": shapes})
    else:
        Output().lines([str(problem) for problem in problems])
        say(looks.counted(len(problems), "problem") if problems else _praise(config))
    return Status.USAGE if problems else Status.DONE


def shape_of(problem: Problem) -> dict[str, object]:
    """Give a problem as JSON has it."""
    return {
        "path": str(problem.path) if problem.path else None,
        "line": problem.line,
        "message": problem.message,
    }


def _praise(config: Config) -> str:
    if not config.path.exists():
        return f"nothing is wrong: there is no configuration at {config.path}, and none is needed"
    sources, views = len(config.sources), len(config.views)
    told = f"{looks.counted(sources, 'source')}, {looks.counted(views, 'view')}"
    return f"nothing is wrong with {config.path}: {told}"


def print_schema() -> int:
    """Print the schema of the file, and give the exit status."""
    from runs_tui.adapters import api_names, source_type
    from runs_tui.app import known
    from runs_tui.config.schema import schema_of

    apis = {name: source_type(name).options for name in api_names()}
    Output().json(schema_of(apis, known()), indent=2)
    return Status.DONE
