"""Which workflow each listed run has, found out by the filters of the list."""

from collections import Counter
from collections.abc import Collection, Sequence

from runs_tui.adapters.lightning.client import Client, Params
from runs_tui.adapters.lightning.code import Code, code_of
from runs_tui.adapters.lightning.trust import ONE, SOME, Trust, by_workflows
from runs_tui.model.latest import Latest
from runs_tui.transport.together import together

_MOST_KNOWN = 50_000
_MOST_OPEN = 5_000


class Joins:
    """Remembers the workflows of runs for good; what is open goes on where it was left."""

    def __init__(self, client: Client, trust: Trust) -> None:
        """Begin with no run known."""
        self._client = client
        self._trust = trust
        self._known: Latest[str, str | None] = Latest(_MOST_KNOWN)
        self._code: Code | None = None
        self._open: Latest[str, tuple[int, int]] = Latest(_MOST_OPEN)
        """By run: the bits that were asked for, and those that the run was found with."""

    @property
    def off(self) -> bool:
        """Whether the server has no filter by which to find out."""
        return ONE not in self._trust

    def workflow_id(self, run_id: str) -> str | None:
        """Give the workflow of a run, where it is known."""
        return self._known.get(run_id)

    def is_lost(self, run_id: str) -> bool:
        """Tell whether a run has a workflow that could not be found out."""
        return run_id in self._known and self._known[run_id] is None

    def unknown(self, run_ids: Collection[str]) -> list[str]:
        """Give the runs of which more is to be found out."""
        return [] if self.off else [each for each in run_ids if each not in self._known]

    def remember(self, run_id: str, workflow_id: str | None) -> None:
        """Know the workflow of a run; None where it cannot be found out."""
        self._known[run_id] = workflow_id
        self._open.pop(run_id, None)

    def try_again(self) -> None:
        """Forget which runs have a workflow that could not be found out: there is a new one."""
        for run_id in [each for each, workflow in self._known.items() if workflow is None]:
            del self._known[run_id]

    def wanted(self, run_ids: Sequence[str], workflows: Collection[str]) -> int:
        """Give how many queries would tell all about some runs."""
        return len(self._wanted(self._coded(workflows), self.unknown(run_ids)))

    async def learn(
        self, run_ids: Sequence[str], workflows: Collection[str], params: Params, most: int
    ) -> None:
        """Ask at most so many queries, each of which must cover all these runs."""
        code = self._coded(workflows)
        run_ids = self.unknown(run_ids)
        bits = self._wanted(code, run_ids)[:most] if workflows else []
        pages = await together(
            self._client.runs({**params, **by_workflows(code.having(bit))}) for bit in bits
        )
        for bit, page in zip(bits, pages, strict=True):
            self._note(bit, run_ids, {run.id for run in page.data})
        self._decide(code, run_ids)

    def _coded(self, workflows: Collection[str]) -> Code:
        code = code_of(tuple(workflows), apart=SOME not in self._trust)
        if code != self._code:
            self._code = code
            self._open.clear()
        return code

    def _wanted(self, code: Code, run_ids: Sequence[str]) -> list[int]:
        """Give the bits to be asked for, those first that most runs lack."""
        lacking = [~self._open.get(each, (0, 0))[0] & code.whole for each in run_ids]
        counts = Counter(bit for each in lacking for bit in _places(each))
        return [bit for bit, _ in counts.most_common()]

    def _note(self, bit: int, run_ids: Sequence[str], found: Collection[str]) -> None:
        for run_id in run_ids:
            asked, ones = self._open.get(run_id, (0, 0))
            self._open[run_id] = asked | 1 << bit, ones | (run_id in found) << bit

    def _decide(self, code: Code, run_ids: Sequence[str]) -> None:
        words = {each: self._open.get(each, (0, 0)) for each in run_ids}
        if any(ones.bit_count() > code.weight for _, ones in words.values()):
            self._distrust(code)
            return
        for run_id, (asked, ones) in words.items():
            complete = asked == code.whole
            # A server that ignores the filter would set every bit: one that is not set is needed.
            if ones.bit_count() == code.weight and (complete or asked != ones):
                self.remember(run_id, code.meant(ones))
                for bit in _places(asked & ~ones):
                    self._trust.seen(*by_workflows(code.having(bit)))
            elif complete:
                self.remember(run_id, None)

    def _distrust(self, code: Code) -> None:
        self._trust.broken(ONE if code.weight == 1 else SOME)
        self._open.clear()


def _places(mask: int) -> list[int]:
    return [place for place in range(mask.bit_length()) if mask >> place & 1]
