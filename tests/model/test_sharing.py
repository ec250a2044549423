from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from runs_tui.model.board import Board
from runs_tui.model.run import Run
from runs_tui.model.sharing import Sharing
from runs_tui.model.state import State

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def apart(text: str) -> str:
    """Give an equal text that is another object."""
    return "".join(list(text))


def run(number: int, **told: object) -> Run:
    facts: dict[str, object] = {
        "workflow_name": apart("etl-nightly"),
        "status": apart("completed"),
        "finished_at": NOON.replace(second=number % 60),
        "updated_at": NOON.replace(second=number % 60),
        "details": {apart("tenant"): apart("acme-incorporated"), "tags": [apart("nightly")]},
    }
    return Run(source="prod", id=str(number), state=State.SUCCEEDED, **(facts | told))  # type: ignore[arg-type]


def test_equal_texts_details_and_instants_are_kept_once() -> None:
    sharing = Sharing()
    one, other = sharing.share(run(1)), sharing.share(run(2))
    assert one.workflow_name is other.workflow_name
    assert one.status is other.status
    assert one.details is other.details
    assert one.finished_at is one.updated_at
    third = sharing.share(run(3, details={"tenant": apart("acme-incorporated")}))
    assert third.details["tenant"] is one.details["tenant"]


@given(st.dictionaries(st.text(), JSON), st.text(), st.none() | st.text())
def test_what_is_shared_is_equal_to_what_it_was(
    details: dict[str, object], status: str, error: str | None
) -> None:
    told = run(1, details=details, status=status, error=error)
    assert Sharing().share(told) == told
    assert repr(Sharing().share(told).details) == repr(details)


def test_a_run_that_shares_all_is_given_as_it_is() -> None:
    sharing = Sharing()
    once = sharing.share(run(1))
    assert sharing.share(once) is once


def test_a_true_is_not_taken_for_a_one() -> None:
    sharing = Sharing()
    assert sharing.share(run(1, details={"a": 1})).details["a"] is not True
    assert sharing.share(run(2, details={"a": True})).details["a"] is True


def test_many_different_details_are_not_all_remembered() -> None:
    sharing = Sharing()
    for number in range(5000):
        sharing.share(run(number, details={"n": number}))
    assert len(sharing._details) <= 4096


def test_a_board_shares_among_all_its_runs() -> None:
    board = Board().merge([run(1)])
    board = board.merge([run(2)]).put(replace(run(1), status=apart("failed")))
    first, second = (board.get(each.key) for each in (run(1), run(2)))
    assert first
    assert second
    assert first.details is second.details
    assert board.merge([run(2)]) is board
