from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given, settings

from runs_tui.model.layers import APART, Layers
from runs_tui.model.plan import Plan
from runs_tui.model.run import Step
from tests.model.plans import ANY_GRAPH, acyclic, step


def layers(steps: Sequence[Step]) -> Layers:
    plan = Plan.of(steps)
    return Layers.of(plan, {key: 5 + place for place, key in enumerate(plan.steps)})


def test_a_diamond_has_three_layers() -> None:
    found = layers([step("a"), step("b", "a"), step("c", "a"), step("d", "b", "c")])
    assert [[place.key for place in layer] for layer in found.layers] == [["a"], ["b", "c"], ["d"]]


def test_an_edge_passes_the_layers_between_once() -> None:
    found = layers([step("a"), step("b", "a"), step("c", "b", "a"), step("d", "c", "a")])
    passing = [[place.key for place in layer if place.passes] for layer in found.layers]
    assert passing == [[], ["a"], ["a"], []]
    assert {place.key for place in found.linked(found.places["a"], down=True)} == {"b", "c", "d"}
    assert {place.key for place in found.linked(found.places["d"], down=False)} == {"a", "c"}


def test_what_is_joined_stands_side_by_side() -> None:
    steps = [step("a"), step("b"), step("y", "b"), step("x", "a")]
    found = layers(steps)
    assert [place.key for place in found.layers[1]] == ["x", "y"]


def test_a_straight_line_of_steps_is_straight() -> None:
    found = layers([step("0"), *(step(str(n), str(n - 1)) for n in range(1, 30))])
    assert {abs(place.middle - found.places["0"].middle) <= 1 for place in found.places.values()}


def test_nothing() -> None:
    assert (layers([]).layers, layers([]).width) == ([], 0)


@given(acyclic())
@settings(max_examples=200, deadline=None)
def test_every_step_lies_below_its_parents(steps: Sequence[Step]) -> None:
    places = layers(steps).places
    for told in steps:
        assert all(places[parent].layer < places[told.key].layer for parent in told.depends_on)


@given(ANY_GRAPH)
@settings(max_examples=200, deadline=None)
def test_any_graph_is_laid_out_whole_and_without_overlap(steps: list[Step]) -> None:
    found = layers(steps)
    known = {told.key: told for told in steps}
    drawn = [place.key for layer in found.layers for place in layer if not place.passes]
    assert sorted(drawn) == sorted(known)
    for number, layer in enumerate(found.layers):
        assert any(not place.passes for place in layer)
        for left, right in pairwise(layer):
            assert left.x + left.width + APART <= right.x
        assert all(place.layer == number and 0 <= place.x < found.width for place in layer)
    for number, edges in enumerate(found.edges):
        assert all((u.layer, v.layer) == (number, number + 1) for u, v in edges)
    for key, place in found.places.items():
        below = {other.key for other in found.linked(place, down=True)}
        later = [k for k, told in known.items() if key in told.depends_on]
        assert below == {k for k in later if found.places[k].layer > place.layer}
