"""Adding sources and views to a configuration: nothing else changes, and nothing is lost."""

import os
import re
import stat
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from runs_tui.config import ConfigError, SourceSettings, View, load
from runs_tui.config.writing import Draft, keep_theme, keep_view
from runs_tui.model.columns import COLUMNS
from runs_tui.model.query import Query, Sort

LAB = SourceSettings(
    name="lab",
    api="prefect",
    url="https://runs.example.org/api",
    token_command=("pass", "show", 'the "lab"'),
    protected=True,
    color="bright_red",
    refresh=90.0,
    options={"auth": "bearer"},
)
NIGHT = View(
    name="night failures",
    query=replace(Query.parse('state:failed workflow:"nightly etl"'), sort=Sort("took")),
    columns=("state", "details.deployment_name"),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def put(path: Path, *wanted: SourceSettings | View) -> None:
    draft = Draft.read(path)
    for one in wanted:
        draft = draft.with_view(one) if isinstance(one, View) else draft.with_source(one)
    draft.write()


def refusal(path: Path, *wanted: SourceSettings | View) -> str:
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(ConfigError) as caught:
        put(path, *wanted)
    assert (path.read_bytes() if path.is_file() else None) == before
    return str(caught.value)


# Whatever stands in the file

COMMENTS = st.text("abc [].=\"'#é", max_size=12).map(lambda text: f"# {text}".rstrip())
BLANKS = st.sampled_from(["", "   "])
VIEW_LINES = (
    'filter = "state:failed"',
    "sort = '-started'",
    'columns = [\n  "id", # first\n  "run",\n]',
)
SOURCE_BODY = ('api = "prefect"', 'url = "http://localhost:4200/api"')
SOURCE_MORE = (
    *('token_env = "A"', "read_only = true", "protected = false", 'refresh = "1m30s"'),
    *('options.auth = "basic"', 'options = { upcoming = "show" }'),
)


def some(lines: Sequence[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(lines), unique=True, max_size=3)


@st.composite
def block(draw: st.DrawFn, header: str, lines: Sequence[str]) -> list[str]:
    """Give a table with comments on its lines and between them."""
    told = [header]
    for line in lines:
        told += draw(st.lists(COMMENTS | BLANKS, max_size=2))
        behind = f"  {draw(COMMENTS)}" if "\n" not in line and draw(st.booleans()) else ""
        told.append(line + behind)
    return told + draw(st.lists(COMMENTS | BLANKS, max_size=2))


@st.composite
def files(draw: st.DrawFn) -> str:
    """Give a configuration in one of the many ways to write one."""
    top = draw(some(['theme = "nord"', 'sources.dotted.api = "prefect"']))
    views = draw(some(["night failures", "b", "c-1"]))
    blocks = [draw(block(f'[views."{name}"]', draw(some(VIEW_LINES)))) for name in views]
    for name in draw(some(["lab", "prod", "x.y"])):
        body = [*SOURCE_BODY, *draw(some(SOURCE_MORE))]
        blocks.append(draw(block(f'[ sources."{name}" ]', body)))
        if "options" not in "".join(body) and draw(st.booleans()):
            blocks.append(draw(block(f'[sources."{name}".options]', ['auth = "basic"'])))
    if draw(st.booleans()):
        blocks.append(draw(block("[keys]", ['"run.cancel" = "X"', "run.retry = 'R'"])))
    told = [draw(block(draw(COMMENTS), top)), *draw(st.permutations(blocks))]
    text = "\n".join(chain.from_iterable(told)) + draw(st.sampled_from(["", "\n", "\n\n"]))
    return text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))


NAMES = st.sampled_from([*COLUMNS, "details.deployment_name"])
FILTERS = st.sampled_from(["", "state:failed", 'workflow:~etl "a \\" b"', "created:>2h -x"])
VIEWS = st.builds(
    lambda name, text, sort, columns: View(
        name=name, query=replace(Query.parse(text), sort=sort), columns=tuple(columns)
    ),
    st.sampled_from(["night failures", "new", "ü"]),
    FILTERS,
    st.none() | st.builds(Sort, NAMES, st.booleans()),
    st.lists(NAMES, unique=True, max_size=3),
)
SOURCES = st.builds(
    SourceSettings,
    name=st.sampled_from(["lab", "new", "x.y"]),
    api=st.just("prefect"),
    url=st.sampled_from(["http://localhost:4200/api", "https://runs.example.org"]),
    token_env=st.none() | st.just("LAB_TOKEN"),
    read_only=st.booleans(),
    protected=st.booleans(),
    color=st.sampled_from([None, "red", "#00ff7f"]),
    refresh=st.none() | st.floats(min_value=0.01, max_value=1e6),
    options=st.dictionaries(st.sampled_from(["auth", "upcoming"]), st.text("ab\"\\'é", min_size=1)),
)


def others(text: str, view: str, source: str) -> Any:
    values = tomllib.loads(text)
    for group, name in (("views", view), ("sources", source)):
        tables = values.get(group, {})
        tables.pop(name, None)
        if not tables:
            values.pop(group, None)
    return values


def blocks_besides(text: str, *names: str) -> list[str]:
    """Give everything as it is written, but the tables of these names."""
    blocks = re.split(r"(?m)^(?=[ ]*\[)", text)
    ours = re.compile(rf"\s*\[[^]]*\b(?:{'|'.join(map(re.escape, names))})\b")
    return [block.rstrip() for block in blocks if not ours.match(block)]


def comments(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.lstrip().startswith("#")]


@settings(max_examples=200, deadline=None)
@given(files(), VIEWS, SOURCES)
def test_adding_changes_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, text: str, view: View, source: SourceSettings
) -> None:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        assume(False)
    path = tmp_path_factory.mktemp("any") / "config.toml"
    path.write_bytes(text.encode())
    put(path, view, source)
    after = path.read_bytes().decode()
    config = load(path)
    assert config.views[view.name] == view
    assert replace(source, path=path) in config.sources
    assert others(after, view.name, source.name) == others(text, view.name, source.name)
    besides = blocks_besides(text, view.name, source.name)
    assert blocks_besides(after, view.name, source.name) == besides
    assert comments(after) == comments(text)
    if "\r\n" in text:
        assert "\n" not in after.replace("\r\n", "")
    put(path, view, source)
    assert path.read_bytes().decode() == after


@settings(deadline=None)
@given(files(), SOURCES)
def test_a_new_table_stands_behind_the_others(
    tmp_path_factory: pytest.TempPathFactory, text: str, source: SourceSettings
) -> None:
    try:
        assume("new" not in tomllib.loads(text).get("sources", {}))
    except tomllib.TOMLDecodeError:
        assume(False)
    path = tmp_path_factory.mktemp("any") / "config.toml"
    path.write_bytes(text.encode())
    put(path, replace(source, name="new"))
    assert path.read_bytes().decode().startswith(text)


@settings(deadline=None)
@given(files(), st.sampled_from(["day", "nord", "terminal-light"]))
def test_naming_the_theme_changes_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, text: str, name: str
) -> None:
    try:
        before = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        assume(False)
    path = tmp_path_factory.mktemp("any") / "config.toml"
    path.write_bytes(text.encode())
    assert keep_theme(path, name) == f"in {path}"
    after = path.read_bytes().decode()
    assert tomllib.loads(after) == before | {"theme": name}
    assert comments(after) == comments(text)
    if "\r\n" in text:
        assert "\n" not in after.replace("\r\n", "")
    kept = [line for line in text.splitlines() if line.strip() and "theme" not in line]
    assert [line for line in after.splitlines() if line in kept] == kept


# One file, looked at


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("", 'theme = "day"\n'),
        ('theme = "nord"  # mine\n', 'theme = "day"  # mine\n'),
        ("ascii = true\n", 'theme = "day"\nascii = true\n'),
        ("# mine\n\n# the lab\n[keys]\n", '# mine\n\ntheme = "day"\n\n# the lab\n[keys]\n'),
        ("# the lab\n[keys]\n", 'theme = "day"\n\n# the lab\n[keys]\n'),
    ],
)
def test_the_theme_is_written_as_a_person_would(path: Path, text: str, after: str) -> None:
    path.write_text(text)
    keep_theme(path, "day")
    assert path.read_text() == after


def test_a_theme_that_cannot_be_written_is_kept_for_now_and_that_is_said(path: Path) -> None:
    path.write_text("theme = \n")
    assert keep_theme(path, "day").startswith("for as long as this program runs; ")
    assert path.read_text() == "theme = \n"


def test_a_source_and_a_view_are_written_as_a_person_would(path: Path) -> None:
    path.write_text('# mine\ntheme = "nord"\n')
    put(path, LAB, NIGHT)
    assert path.read_text() == (
        "# mine\n"
        'theme = "nord"\n'
        "\n"
        "[sources.lab]\n"
        'api = "prefect"\n'
        'url = "https://runs.example.org/api"\n'
        'token_command = ["pass", "show", "the \\"lab\\""]\n'
        "protected = true\n"
        'color = "bright_red"\n'
        'refresh = "90s"\n'
        "\n"
        "[sources.lab.options]\n"
        'auth = "bearer"\n'
        "\n"
        '[views."night failures"]\n'
        'filter = "state:failed workflow:\\"nightly etl\\""\n'
        'sort = "-took"\n'
        'columns = ["state", "details.deployment_name"]\n'
    )


def test_a_view_that_is_replaced_keeps_its_comments_and_its_place(path: Path) -> None:
    path.write_text(
        "# the nights\n"
        '[views."night failures"]  # since May\n'
        "# what matters\n"
        "filter = \"state:failed workflow:'nightly etl'\"  # was all\n"
        'sort = "started"  # oldest first\n'
        "\n"
        "# and the keys\n"
        "[keys]\n"
    )
    put(path, replace(NIGHT, query=replace(NIGHT.query, sort=Sort("took", descending=True))))
    assert path.read_text() == (
        "# the nights\n"
        '[views."night failures"]  # since May\n'
        "# what matters\n"
        'filter = "state:failed workflow:\\"nightly etl\\""  # was all\n'
        'sort = "-took"  # oldest first\n'
        'columns = ["state", "details.deployment_name"]\n'
        "\n"
        "# and the keys\n"
        "[keys]\n"
    )


def test_what_means_the_same_stays_as_it_was_written(path: Path) -> None:
    text = (
        "[sources.lab]\n"
        'url="https://runs.example.org/api" \n'
        'api = """prefect"""\n'
        "read_only = false\n"
        "protected = true\n"
        'refresh = "1m30s"\n'
        "token_command = [ 'pass', 'show', 'the \"lab\"' ]\n"
        "color = 'bright_red'\n"
        "options.auth = 'bearer'\n"
    )
    path.write_text(text)
    put(path, LAB)
    assert path.read_text() == text


@pytest.mark.parametrize(
    "text",
    [
        'sources = { lab = { api = "prefect", url = "http://x.test" } } # all\n',
        'sources.lab.api = "prefect"\nsources.lab.url = "http://x.test"\n',
        '[sources]\nlab.api = "prefect"\nlab.url = "http://x.test"\nlab.options.auth = "basic"\n',
        'sources = { prod = { api = "prefect", url = "http://x.test" } }\n[keys]\n',
        '[sources.prod]\napi = "prefect"\nurl = "http://x.test"\n[views]\n[sources.lab.options]\n'
        'auth = "basic"\n[sources.lab]\napi = "prefect"\nurl = "http://x.test"\n',
    ],
)
def test_unusual_ways_to_write_a_table(path: Path, text: str) -> None:
    path.write_text(text)
    put(path, LAB, NIGHT)
    config = load(path)
    assert replace(LAB, path=path) in config.sources
    assert config.views["night failures"] == NIGHT
    assert others(path.read_text(), NIGHT.name, LAB.name) == others(text, NIGHT.name, LAB.name)


def test_problems_elsewhere_are_left_alone(path: Path) -> None:
    path.write_text("[views.old]\nfliter = 'x'\n")
    put(path, NIGHT)
    assert path.read_text().startswith("[views.old]\nfliter = 'x'\n")
    assert load(path).views == {NIGHT.name: NIGHT}


def test_a_view_is_kept_and_where_is_said(path: Path) -> None:
    assert keep_view(path, NIGHT) == f"in {path}"
    assert load(path).views == {NIGHT.name: NIGHT}
    path.write_text("a = [\n")
    told = keep_view(path, NIGHT)
    assert told.startswith(f"for as long as this program runs; {path}:1: this is not TOML")


def test_a_page_size_is_no_part_of_a_view(path: Path) -> None:
    put(path, replace(NIGHT, query=replace(NIGHT.query, limit=7)))
    assert load(path).views == {NIGHT.name: NIGHT}


# What is refused


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"a = [\n", ":1: this is not TOML"),
        (b"\xff", "the file is not text in UTF-8"),
        (b"# x\nsources = 3\n", ":2: [sources.lab] cannot be written into this file"),
        (b"[[sources]]\n", ":1: [sources.lab] cannot be written into this file"),
    ],
)
def test_a_file_that_cannot_be_changed(path: Path, text: bytes, told: str) -> None:
    path.write_bytes(text)
    assert told in refusal(path, LAB)


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        (replace(LAB, token_command=(), token_env="hunter-2"), "not the name of a variable"),
        (replace(LAB, token_env="A"), "more than one of token_env"),
        (replace(LAB, url="https://me:hunter-2@runs.example.org"), "a user or a password"),
        (replace(LAB, name="a/b"), "a source cannot be called 'a/b'"),
        (replace(LAB, refresh=0.0), "refresh must be a time"),
        (replace(NIGHT, columns=("sate",)), "did you mean 'state'?"),
        (replace(NIGHT, query=Query(sort=Sort("tok"))), "did you mean 'took'?"),
        (replace(NIGHT, name=" "), "a view cannot be called"),
        (replace(NIGHT, query=Query.parse("\ud800")), "half a character"),
    ],
)
def test_what_would_not_be_read_is_not_written(
    path: Path, wanted: SourceSettings | View, told: str
) -> None:
    path.write_text("# mine\n")
    sentence = refusal(path, wanted)
    assert told in sentence
    assert "hunter-2" not in sentence


def test_a_file_that_changed_meanwhile_is_left_alone(path: Path) -> None:
    for before in (None, b"# mine\n"):
        if before is not None:
            path.write_bytes(before)
        draft = Draft.read(path).with_view(NIGHT)
        path.write_bytes(b"# another hand\n")
        with pytest.raises(ConfigError, match="changed since it was read"):
            draft.write()
        assert path.read_bytes() == b"# another hand\n"
        assert os.listdir(path.parent) == [path.name]
        path.unlink()


def test_a_folder_in_the_place_of_the_file(path: Path) -> None:
    path.mkdir()
    assert "it cannot be read" in refusal(path, NIGHT)


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    path = tmp_path / f"{'x' * 250}"  # there is no room for the name of the file beside it
    assert "it cannot be written: file name too long" in refusal(path, NIGHT)
    assert list(tmp_path.iterdir()) == []


# How it is written


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_file_and_its_folders_are_private(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "config.toml"
    put(path, LAB)
    assert [mode(path), mode(path.parent), mode(path.parent.parent)] == [0o600, 0o700, 0o700]


@pytest.mark.parametrize("rights", [0o644, 0o640, 0o600])
def test_the_permissions_stay(path: Path, rights: int) -> None:
    path.touch(0o600)
    path.chmod(rights)
    put(path, LAB)
    assert mode(path) == rights
    assert os.listdir(path.parent) == [path.name]


def test_a_link_stays_a_link(path: Path, tmp_path: Path) -> None:
    real = tmp_path / "dotfiles" / "runs.toml"
    real.parent.mkdir()
    path.symlink_to(Path("dotfiles/runs.toml"))
    for text in (None, "# mine\n"):
        if text is not None:
            real.write_text(text)
        put(path, NIGHT)
        assert path.is_symlink()
        assert load(real).views == {NIGHT.name: NIGHT}
    assert real.read_text().startswith("# mine\n")


def test_a_byte_order_mark_stays(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbf# mine\n")
    put(path, NIGHT)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf# mine\n")
    assert load(path).views == {NIGHT.name: NIGHT}


def test_a_file_that_says_it_already_is_not_written(path: Path) -> None:
    put(path, NIGHT)
    before = path.stat()
    put(path, NIGHT)
    assert path.stat().st_ino == before.st_ino
