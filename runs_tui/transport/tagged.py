"""Answers that their server has tagged: asked for again, it need not send them again."""

from collections import OrderedDict
from collections.abc import Hashable, Mapping

from runs_tui.transport.answer import Answer

MOST = 32
LARGEST = 4 * 1024 * 1024
NOT_MODIFIED = 304


class Tagged:
    """Keeps the latest answers that have an `ETag`."""

    def __init__(self) -> None:
        """Begin with none."""
        self._kept: OrderedDict[Hashable, Answer] = OrderedDict()

    def condition(self, question: Hashable) -> Mapping[str, str]:
        """Give the header that asks for the answer only if it is another one than is kept."""
        kept = self._kept.get(question)
        return {} if kept is None else {"If-None-Match": kept.headers["etag"]}

    def resolved(self, question: Hashable, answer: Answer) -> Answer:
        """Give the answer that is kept where this one says that it still holds; keep a new one."""
        kept = self._kept.pop(question, None)
        if answer.status == NOT_MODIFIED and kept is not None:
            answer = kept
        if answer.status == 200 and "etag" in answer.headers and len(answer.body) <= LARGEST:
            self._kept[question] = answer
            if len(self._kept) > MOST:
                self._kept.popitem(last=False)
        return answer
