"""What holds for the whole repository: who imports whom, keys, states, clocks, suites."""

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest
from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import format_key

import runs_tui
from runs_tui import looks
from runs_tui.adapters import api_names, source_type
from runs_tui.app import RunsApp
from runs_tui.model.state import State

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "runs_tui"
STYLES = ROOT / "styles"
MODULES = sorted(PACKAGE.rglob("*.py"))

# Who imports whom

MAY_IMPORT = {
    "model": {"model"},
    "looks": {"model"},
    "keys": set(),
    "themes": set(),
    "drawing": {"looks"},
    "choices": {"adapters", "looks", "model"},
    "transport": {"transport", "model"},
    "adapters": {"adapters", "transport", "model"},
    "demo": {"demo", "model"},
    "widgets": {"widgets", "looks", "keys", "model"},
    "screens": {"screens", "widgets", "choices", "looks", "themes", "keys", "adapters", "model"},
    "terminal": {"terminal"},
    "config": {"config", "adapters", "model"},
    "app": {
        "screens",
        "choices",
        "widgets",
        "looks",
        "themes",
        "drawing",
        "keys",
        "adapters",
        "config",
        "terminal",
        "model",
    },
    "cli": {"cli", "app", "config", "adapters", "demo", "choices", "looks", "terminal", "model"},
    "__main__": {"cli"},
    "__init__": set(),
}
"""The parts of the package, each with those that it may import."""

ONLY_IN = {
    "httpx": {"transport"},
    "httpx_sse": {"transport"},
    "websockets": {"transport"},
    "textual": {"app", "screens", "widgets", "keys", "terminal", "themes", "drawing"},
    "rich": {"app", "screens", "widgets", "cli", "terminal", "drawing"},
    "click": {"cli"},
    "graphql": {"demo"},
    "starlette": {"demo"},
    "uvicorn": {"demo"},
}
"""Libraries, each with the parts of the package that may know it."""


def part_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


@cache
def nodes(path: Path) -> Sequence[ast.AST]:
    """Give every node of the syntax of a module."""
    return list(ast.walk(ast.parse(path.read_text())))


@cache
def imports(path: Path) -> Sequence[str]:
    """Give the full name of everything that a module imports, wherever in it."""
    found: list[str] = []
    for node in nodes(path):
        match node:
            case ast.Import(names=names):
                found += [alias.name for alias in names]
            case ast.ImportFrom(module=module, names=names, level=level):
                assert level == 0, f"{path} imports by dots"
                found += [f"{module}.{alias.name}" for alias in names]
    return found


def own_imports(path: Path) -> set[str]:
    """Give the parts of the package that a module imports."""
    names = [name.split(".") for name in imports(path)]
    known = MAY_IMPORT.keys()
    return {name[1] for name in names if name[0] == "runs_tui" and name[1] in known}


def foreign_imports(path: Path) -> set[str]:
    """Give the libraries that a module imports."""
    tops = {name.split(".")[0] for name in imports(path)}
    return tops - sys.stdlib_module_names - {"runs_tui"}


@pytest.mark.parametrize("part", MAY_IMPORT)
def test_the_arrows_point_one_way(part: str) -> None:
    for path in MODULES:
        if part_of(path) == part:
            assert own_imports(path) <= MAY_IMPORT[part], path
            libraries = foreign_imports(path)
            assert all(part in ONLY_IN.get(library, {part}) for library in libraries), path
            assert part != "model" or not libraries, path


def test_every_module_belongs_to_a_part() -> None:
    assert {part_of(path) for path in MODULES} == MAY_IMPORT.keys()


def test_only_the_command_line_imports_the_dashboard() -> None:
    importing = {part_of(path) for path in MODULES if "app" in own_imports(path)}
    assert importing == {"cli"}


OF_ALL_APIS = {
    "base",
    "acts",
    "intents",
    "starts",
    "unopened",
    "commands",
    "finding",
    "partners",
    "previews",
}


def test_screens_know_no_single_api() -> None:
    for path in MODULES:
        if part_of(path) in {"screens", "app"}:
            adapters = {name for name in imports(path) if name.startswith("runs_tui.adapters.")}
            assert {name.split(".")[2] for name in adapters} <= OF_ALL_APIS


def test_asking_for_the_names_of_the_apis_loads_no_adapter_and_an_adapter_no_screen() -> None:
    code = """
import sys
import runs_tui.adapters as adapters
names = adapters.api_names()
assert not {"textual", "httpx", "pydantic"} & set(sys.modules), "names cost too much"
for name in names:
    adapters.source_type(name)
assert "textual" not in sys.modules, "an adapter loads Textual"
print(*names)
"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert told.stderr == ""
    assert set(told.stdout.split()) == set(api_names())


# Time

CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today")}


def clocks_read(path: Path) -> list[int]:
    """Give the lines of a module on which it asks what time it is."""
    asked = []
    for node in nodes(path):
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=attribute):
                if (name, attribute) in CLOCKS | {("time", "time")}:
                    asked.append(node.lineno)
    return asked


def test_only_the_clock_asks_what_time_it_is() -> None:
    asking = {str(path.relative_to(PACKAGE)): clocks_read(path) for path in MODULES}
    assert [name for name, asked in asking.items() if asked] == ["model/clock.py"], asking


# Keys


def bound() -> dict[type[DOMNode], list[Binding]]:
    """Give every class of ours that binds keys, with its bindings, one for each key."""
    for module in walk_packages(runs_tui.__path__, "runs_tui."):
        if module.name.split(".")[1] in {"app", "screens", "widgets"}:
            import_module(module.name)
    found = {}
    classes = [DOMNode]
    while classes:
        cls = classes.pop()
        classes += cls.__subclasses__()
        if cls.__module__.startswith("runs_tui.") and "BINDINGS" in vars(cls):
            found[cls] = list(Binding.make_bindings(cls.BINDINGS))
    return found


BOUND = bound()
BINDINGS = [(cls, binding) for cls, bindings in BOUND.items() for binding in bindings]
WRITES = {"cancel", "retry"}


def named(value: tuple[type[DOMNode], Binding]) -> str:
    return f"{value[0].__name__}-{value[1].key}"


def action_of(binding: Binding) -> str:
    """Give the name of an action, without where it is and what it takes."""
    return binding.action.partition("(")[0].rpartition(".")[2]


def taken_by_terminals(key: str) -> bool:
    """Tell whether terminals, multiplexers or shells take a key, or send another one for it."""
    *modifiers, last = key.split("+")
    if "alt" in modifiers or re.fullmatch(r"f\d+", last):
        return True
    if modifiers and last in {"up", "down", "left", "right"}:
        return True
    if {"super", "hyper", "meta"} & set(modifiers):
        return True
    eaten = {*"sqabhjkim", "space", "at", "backslash", "left_square_bracket"}
    return "ctrl" in modifiers and last in eaten


TAKEN = [
    *(f"ctrl+{letter}" for letter in "sqabhjkim"),
    *("ctrl+space", "ctrl+@", "ctrl+\\", "ctrl+["),
    *("alt+x", "alt+enter", "meta+x", "f1", "f12", "shift+f3"),
    *(f"{way}+{arrow}" for way in ("shift", "ctrl") for arrow in ("up", "down", "left", "right")),
    *("ctrl+shift+a", "ctrl+shift+left"),
]
ALIASES = {"ctrl+@": "ctrl+at", "ctrl+\\": "ctrl+backslash", "ctrl+[": "ctrl+left_square_bracket"}


@pytest.mark.parametrize("key", TAKEN)
def test_keys_that_do_not_arrive_are_known(key: str) -> None:
    assert taken_by_terminals(ALIASES.get(key, key))


@pytest.mark.parametrize("key", ["tab", "shift+tab", "enter", "backspace", "escape", "ctrl+d", "X"])
def test_keys_that_arrive_are_known(key: str) -> None:
    assert not taken_by_terminals(key)


def test_there_are_keys() -> None:
    assert RunsApp in BOUND
    assert len(BOUND) >= 6
    assert {action_of(binding) for _, binding in BINDINGS} >= WRITES


@pytest.mark.parametrize("place", BINDINGS, ids=named)
def test_a_binding_has_an_id_and_a_tooltip(place: tuple[type[DOMNode], Binding]) -> None:
    _, binding = place
    assert binding.id
    assert binding.tooltip
    assert binding.description


@pytest.mark.parametrize("place", BINDINGS, ids=named)
def test_no_binding_takes_a_key_that_does_not_arrive(place: tuple[type[DOMNode], Binding]) -> None:
    assert not taken_by_terminals(place[1].key)


@pytest.mark.parametrize("place", BINDINGS, ids=named)
def test_only_a_capital_letter_changes_anything_on_a_server(
    place: tuple[type[DOMNode], Binding],
) -> None:
    _, binding = place
    if action_of(binding) in WRITES:
        assert len(binding.key) == 1
        assert binding.key.isupper()
        assert not binding.priority


@pytest.mark.parametrize("cls", BOUND, ids=lambda cls: cls.__name__)
def test_a_class_binds_a_key_once_and_an_id_once(cls: type[DOMNode]) -> None:
    keys = Counter(binding.key for binding in BOUND[cls])
    assert [key for key, count in keys.items() if count > 1] == []
    ids = Counter(binding.id for binding in cls.BINDINGS if isinstance(binding, Binding))
    assert [name for name, count in ids.items() if count > 1] == []
    assert all(isinstance(binding, Binding) for binding in cls.BINDINGS)


def test_an_id_names_one_action() -> None:
    actions: dict[str | None, set[str]] = {}
    for _, binding in BINDINGS:
        actions.setdefault(binding.id, set()).add(binding.action)
    assert {name: told for name, told in actions.items() if len(told) > 1} == {}


def test_every_key_stands_in_the_readme() -> None:
    _, heading, rest = (ROOT / "README.md").read_text().partition("\n## Keys\n")
    if not heading:
        pytest.skip('README.md has no heading "Keys" yet')
    keys_told = rest.partition("\n## ")[0].replace(r"\|", "|")
    told = set(re.findall(r"`([^`]+)`", keys_told))
    keys = {binding.key for _, binding in BINDINGS}
    missing = {key for key in keys if not told & {key, format_key(key)}}
    assert missing == set()


# States and suites


def test_every_state_has_a_glyph_a_class_and_a_colour() -> None:
    sheet = (STYLES / "states.tcss").read_text()
    ruled = re.findall(r"\.(state--\w+)\s*\{[^}]*\bcolor:\s*\$[\w-]+\s*;", sheet)
    assert sorted(ruled) == sorted(looks.css_class(state) for state in State)
    assert all(looks.glyph(state) for state in State)


@pytest.mark.parametrize("sheet", sorted(STYLES.glob("*.tcss")), ids=lambda path: path.name)
def test_only_one_sheet_gives_states_a_colour_and_none_names_one(sheet: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)
    assert ("state--" in text) == (sheet.name == "states.tcss")
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\s*[;}]|\brgb\(|!important", text)
    colours = re.findall(r"\b(?:color|background|border[\w-]*):([^;]+);", text)
    assert all("$" in colour or "none" in colour or "transparent" in colour for colour in colours)


def suites() -> set[str]:
    """Give the APIs that have a class which inherits the suite of all adapters."""
    found = set()
    for path in (ROOT / "tests" / "adapters").rglob("test_*.py"):
        for node in nodes(path):
            if not isinstance(node, ast.ClassDef):
                continue
            bases = {ast.unparse(base).rpartition(".")[2] for base in node.bases}
            if "AdapterContract" in bases and node.name.startswith("Test"):
                found |= {api for line in node.body if (api := api_told(line))}
    return found


def api_told(line: ast.stmt) -> str | None:
    """Give the name of the API where a line of a class tells it."""
    match line:
        case ast.AnnAssign(target=ast.Name(id="api"), value=ast.Constant(value=str(api))):
            return api
        case ast.Assign(targets=[ast.Name(id="api")], value=ast.Constant(value=str(api))):
            return api
    return None


def test_every_adapter_runs_the_suite_of_all_adapters() -> None:
    ours = {
        api
        for api in api_names()
        if source_type(api).__module__.startswith(f"runs_tui.adapters.{api}")
    }
    assert {source_type(api).api for api in ours} == ours
    assert ours
    assert ours - suites() == set()
