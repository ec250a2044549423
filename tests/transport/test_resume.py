import pytest

from runs_tui.transport.resume import REMEMBERED, Continuity, is_numbered


def verdicts(*ids: str, after: str | None = None, resumable: bool = True) -> list[str]:
    continuity = Continuity(after)
    told: list[str] = []
    for each in ids:
        if each == "/":
            continuity.connected()
        else:
            told.append(continuity.judge(each, resumable=resumable))
    return told


@pytest.mark.parametrize(
    ("ids", "after", "expected"),
    [
        ("1 2 3", None, "new new new"),
        ("1 2 2 1", None, "new new repeat repeat"),
        ("1 2 / 1 2 3", None, "new new repeat repeat new"),
        ("1 2 / 3", None, "new new new"),
        ("1 2 / 5 6", None, "new new hole new"),
        ("1 2 5", None, "new new hole"),
        ("10 20 30 / 40", None, "new new new new"),
        ("3 4 5", "4", "repeat repeat new"),
        ("5", "4", "new"),
        ("7", "4", "hole"),
        ("a b / c", None, "new new new"),
        ("a b / b c", None, "new new repeat new"),
        ("e-9 e-10 / e-9 e-11", None, "new new repeat new"),
    ],
)
def test_repeats_and_holes(ids: str, after: str | None, expected: str) -> None:
    assert verdicts(*ids.split(), after=after) == expected.split()


def test_without_a_way_to_resume_what_is_not_known_lies_behind_a_hole() -> None:
    assert verdicts("~a", "~b", "/", "~c", resumable=False) == ["new", "new", "hole"]
    assert verdicts("~a", "~b", "/", "~a", "~b", "~c", resumable=False)[-1] == "new"
    assert verdicts("~a1", "~a9", resumable=False) == ["new", "new"]


def test_a_replay_of_what_was_skipped_is_a_repeat() -> None:
    continuity = Continuity("c")
    continuity.skip("a")
    continuity.connected()
    assert [continuity.judge(each, resumable=True) for each in "acd"] == ["repeat", "repeat", "new"]


def test_what_is_remembered_has_a_bound() -> None:
    continuity = Continuity()
    for number in range(REMEMBERED + 10):
        continuity.judge(f"~{number}", resumable=False)
    assert continuity.judge(f"~{REMEMBERED}", resumable=False) == "repeat"
    assert continuity.judge("~0", resumable=False) == "new"


def test_which_ids_count() -> None:
    assert is_numbered("17")
    assert is_numbered("run-17")
    assert not is_numbered("~17")
    assert not is_numbered("abc")
