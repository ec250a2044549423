from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from runs_tui.model.feed import Feed
from runs_tui.model.feed_view import TOP, FeedView
from runs_tui.model.line import LEVELS, Line, is_error
from runs_tui.model.run import Event, Gap

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def event(number: int, **told: object) -> Event:
    facts: dict[str, object] = {
        "id": str(number),
        "message": f"line {number}",
        "at": NOON + timedelta(seconds=number),
    }
    return Event(**(facts | told))  # type: ignore[arg-type]


def view_of(*told: Event | Gap, cap: int = 1000) -> FeedView:
    feed = Feed(cap)
    feed.add(told)
    return FeedView(feed)


def texts(view: FeedView) -> list[str]:
    return [line.text for line in view]


def test_all_of_a_feed_is_shown() -> None:
    view = view_of(*(event(n) for n in range(3)))
    assert texts(view) == ["line 0", "line 1", "line 2"]
    assert [line.text for line in view[1:]] == ["line 1", "line 2"]
    assert view[-1].number == 2
    assert not view.head


def test_it_shows_what_came_only_when_it_is_told_to_look() -> None:
    view = view_of(event(0))
    view.feed.add([event(1), event(2)])
    assert texts(view) == ["line 0"]
    assert view.take_in() == 2
    assert len(view) == 3
    assert view.take_in() == 0


def test_the_top_says_what_came_before() -> None:
    view = view_of(event(5))
    assert view.head == 0
    view.feed.put_before([event(4)], older=True)
    view.take_in()
    assert view[0].text == "scroll up for older"
    view.await_older(True)
    assert view[0].text == "older lines: loading…"
    assert view[0].number == TOP
    view.take_in()
    assert view.asked_older
    view.feed.put_before([event(3)], older=True)
    view.take_in()
    assert not view.asked_older
    view.feed.put_before([], older=False)
    view.take_in()
    assert view[0].text == "the beginning"


def test_the_top_says_how_many_lines_were_dropped() -> None:
    view = view_of(*(event(n) for n in range(112)), cap=100)
    assert view[0].text == "12 older lines dropped to keep 100"
    assert view[1].text == "line 12"


def test_levels() -> None:
    told = [event(n, level=level) for n, level in enumerate([*LEVELS, None])]
    view = view_of(*told, Gap(since=NOON))
    shown = []
    for least in range(len(LEVELS)):
        view.from_level(least)
        shown.append([line.told for line in view if isinstance(line.told, Event)])
        assert isinstance(view[-1].told, Gap)
    assert shown == [told, [*told[1:4], told[4]], told[2:4], told[3:4]]


def test_a_search_tells_which_match_a_line_is() -> None:
    view = view_of(*(event(n) for n in range(12)))
    view.search("LINE 1")
    assert [line.number for line in view.matches] == [1, 10, 11]
    assert view.place_of_match(10) == (2, 3)
    assert view.place_of_match(5) == (0, 3)
    view.search("")
    assert view.place_of_match(10) == (0, 0)


def test_only_matches_and_all_again() -> None:
    view = view_of(*(event(n) for n in range(12)))
    view.only(True)
    assert len(view) == 12
    view.search("line 1")
    view.only(True)
    assert texts(view) == ["line 1", "line 10", "line 11"]
    assert view.place_of(5) == 1
    view.search("line 10")
    assert texts(view) == ["line 10"]
    view.search("")
    assert len(view) == 12


def test_errors_are_those_among_what_is_shown() -> None:
    view = view_of(*(event(n, level="error", step=f"s{n % 2}") for n in range(6)))
    assert len(view.errors) == 6
    view.only_step("s1")
    assert [line.number for line in view.errors] == [1, 3, 5]
    view.feed.add([event(n, level="error", step=f"s{n % 2}") for n in range(6, 8)])
    view.take_in()
    assert [line.number for line in view.errors] == [1, 3, 5, 7]


def test_the_place_of_some_time_before_the_end() -> None:
    told = [event(n, at=NOON + timedelta(minutes=n)) for n in range(10)]
    view = view_of(*told, Gap(since=NOON))
    assert view.place_at(timedelta(minutes=3)) == 6
    assert view.place_at(timedelta(minutes=0.5)) == 9
    assert view.place_at(timedelta(hours=3)) == 0
    assert FeedView(Feed()).place_at(timedelta(minutes=1)) == 0


LEVEL = st.sampled_from([*LEVELS, None])
STEP = st.sampled_from(["a", "b", None])
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.lists(st.tuples(LEVEL, STEP, st.text("xy\n", max_size=4)))),
        st.tuples(st.just("before"), st.lists(st.tuples(LEVEL, STEP, st.text("xy", max_size=4)))),
        st.tuples(st.just("step"), STEP),
        st.tuples(st.just("least"), st.integers(0, 3)),
        st.tuples(st.just("search"), st.text("xXy", max_size=2)),
        st.tuples(st.just("only"), st.booleans()),
        st.tuples(st.just("mark"), st.none()),
    ),
    max_size=14,
)


@given(ACTS, st.sampled_from([5, 20, 1000]))
@settings(max_examples=250, deadline=None)
def test_it_is_at_all_times_what_a_look_at_everything_would_show(
    acts: list[tuple[str, object]], cap: int
) -> None:
    feed = Feed(cap)
    view = FeedView(feed)
    count = 0
    for act, told in acts:
        match act, told:
            case (("add" | "before"), list()):
                events = [
                    event(count + at, level=level, step=step, message=message)
                    for at, (level, step, message) in enumerate(told)
                ]
                count += len(events)
                if act == "add":
                    feed.add(events)
                else:
                    feed.put_before(events, older=bool(count % 2))
            case "step", (str() | None) as step:
                view.only_step(step)
            case "least", int() as least:
                view.from_level(least)
            case "search", str() as words:
                view.search(words)
            case "only", bool() as only:
                view.only(only)
            case "mark", _:
                feed.mark(NOON)
        view.take_in()
        plain = [line for line in feed if wanted(view, line)]
        found = [line for line in plain if view.words.lower() in line.text.lower()]
        shown = found if view.only_matches else plain
        assert list(view)[view.head :] == shown
        assert list(view.matches) == (found if view.words else [])
        assert list(view.errors) == [line for line in shown if is_error(line)]
        assert all(view[view.place_of(line.number)] is line for line in shown)


def wanted(view: FeedView, line: Line) -> bool:
    told = line.told
    if not isinstance(told, Event):
        return True
    level = LEVELS.index(told.level or "info")
    return level >= view.least and view.step in (None, told.step)
