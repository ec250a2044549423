"""The runs that were opened lately, so that coming back to one costs nothing."""

from collections import OrderedDict
from collections.abc import Mapping

from runs_tui.model.feed import Feed
from runs_tui.model.plan import Plan
from runs_tui.model.run import RunKey

KEPT = 30
"""How many runs are kept."""
LINES = 300_000
"""How many lines of events all of them may have together; the one that is open may have more."""


class Opened:
    """Plans and feeds by run, the latest opened last."""

    def __init__(self) -> None:
        """Begin with none."""
        self._kept: OrderedDict[RunKey, tuple[Plan | None, Feed]] = OrderedDict()

    def open(self, key: RunKey) -> tuple[Plan | None, Feed]:
        """Give what is known of a run, and keep it longest."""
        self._kept.setdefault(key, (None, Feed()))
        self._kept.move_to_end(key)
        while len(self._kept) > KEPT or (len(self._kept) > 1 and self._lines > LINES):
            self._kept.popitem(last=False)
        return self._kept[key]

    @property
    def _lines(self) -> int:
        return sum(len(feed) for _, feed in self._kept.values())

    def plan(self, key: RunKey, plan: Plan) -> None:
        """Learn the plan of a run, if it is kept."""
        if key in self._kept:
            self._kept[key] = (plan, self.feed(key))

    def kept_feed(self, key: RunKey) -> Feed | None:
        """Give the feed of a run; None where it is not kept."""
        return self._kept[key][1] if key in self._kept else None

    def plans(self, source: str) -> Mapping[str, Plan]:
        """Give the plans of a source's runs that are known, by the ids of the runs."""
        kept = self._kept.items()
        return {key.id: plan for key, (plan, _) in kept if plan and key.source == source}

    def all_plans(self) -> Mapping[RunKey, Plan]:
        """Give all plans that are known."""
        return {key: plan for key, (plan, _) in self._kept.items() if plan is not None}

    def feed(self, key: RunKey) -> Feed:
        """Give the feed of a run that was opened."""
        return self._kept[key][1]

    def forget_source(self, name: str) -> None:
        """Forget the runs of a source that is no longer there."""
        for key in [key for key in self._kept if key.source == name]:
            self.forget(key)

    def forget(self, key: RunKey) -> None:
        """Forget a run that starts over."""
        self._kept.pop(key, None)
