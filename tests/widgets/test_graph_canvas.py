from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from runs_tui.model.layers import Layers
from runs_tui.model.plan import Plan
from runs_tui.model.run import Step
from runs_tui.widgets.graph_canvas import BOX, WIDEST, Box, Canvas
from tests.model.plans import ANY_GRAPH, step


def canvas(*steps: Step, names: dict[str, str] | None = None, heavy: str = "") -> Canvas:
    plan = Plan.of(steps)
    boxes = {key: Box((names or {}).get(key, key), "", key in heavy) for key in plan.steps}
    return Canvas(Layers.of(plan, {key: box.width for key, box in boxes.items()}), boxes)


def drawn(canvas: Canvas, left: int = 0, width: int = 80, chosen: str | None = None) -> list[str]:
    lines = [canvas.line(y, left, width, chosen) for y in range(canvas.height)]
    return ["".join(text for text, _ in parts).rstrip() for parts in lines]


DIAMOND = (step("a"), step("b", "a"), step("c", "a"), step("d", "b", "c"))


def test_a_diamond() -> None:
    assert drawn(canvas(*DIAMOND)) == [
        "    ┌───┐",
        "    │ a │",
        "    └─┬─┘",
        "  ┌───┴──┐",
        "┌─▼─┐  ┌─▼─┐",
        "│ b │  │ c │",
        "└─┬─┘  └─┬─┘",
        "  └───┬──┘",
        "    ┌─▼─┐",
        "    │ d │",
        "    └───┘",
    ]


def test_the_critical_path_has_heavy_borders_and_the_chosen_box_is_marked() -> None:
    assert drawn(canvas(step("a"), step("b", "a"), heavy="b"), chosen="b") == [
        "┌───┐",
        "│ a │",
        "└─┬─┘",
        "  │",
        "┏━▼━┓",
        "┃▌b ┃",
        "┗━━━┛",
    ]


def test_an_edge_goes_past_the_layers_between() -> None:
    assert drawn(canvas(step("a"), step("b", "a"), step("c", "a", "b"))) == [
        "  ┌───┐",
        "  │ a │",
        "  └─┬─┘",
        "  ┌─┴──┐",
        "┌─▼─┐  │",
        "│ b │  │",
        "└─┬─┘  │",
        "  └─┬──┘",
        "  ┌─▼─┐",
        "  │ c │",
        "  └───┘",
    ]


def test_edges_that_cross_are_not_joined() -> None:
    steps = [step("a"), step("b"), step("x", "a"), step("y", "a", "b"), step("z", "b", "a")]
    assert drawn(canvas(*steps))[3:5] == [
        "  ┌────┴─┬────│─┐",
        "  │      │┌───┴─│┐",
    ]


def test_a_long_or_wide_name_is_cut_to_its_box() -> None:
    names = {"a": "日本語" * 20, "b": "x" * 99}
    found = canvas(step("a"), step("b", "a"), names=names)
    lines = drawn(found)
    assert cell_len(lines[1]) == cell_len(lines[0]) == WIDEST + 4
    assert "…" in lines[1]
    assert "…" in lines[5]


def test_a_cell_belongs_to_its_box() -> None:
    found = canvas(*DIAMOND)
    assert found.at(1, 5) == "b"
    assert found.at(8, 4) == "c"
    assert found.at(6, 5) is None
    assert found.at(0, 3) is None


@given(ANY_GRAPH, st.integers(0, 40), st.integers(1, 60))
@settings(max_examples=200, deadline=None)
def test_any_part_of_any_graph_has_its_cells(steps: Sequence[Step], left: int, width: int) -> None:
    names = {told.key: f"日本{told.key}語" for told in steps}
    found = canvas(*steps, names=names)
    chosen = steps[0].key if steps else None
    for y in range(found.height):
        assert cell_len("".join(text for text, _ in found.line(y, left, width, chosen))) == width


@given(ANY_GRAPH)
@settings(max_examples=200, deadline=None)
def test_every_step_has_a_box_and_every_edge_an_arrow(steps: Sequence[Step]) -> None:
    found = canvas(*steps)
    lines = drawn(found, width=max(found.width, 1))
    for key, place in found.layers.places.items():
        top = found.top(key)
        assert lines[top + 1][place.x : place.x + place.width] == f"│ {key} │"
        assert (found.at(place.x, top), found.at(place.x, top + BOX - 1)) == (key, key)
        reached = any(lower is place for edges in found.layers.edges for _, lower in edges)
        assert ("▼" in lines[top][place.x : place.x + place.width]) == reached
