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

    def kept(self, question: Hashable) -> Answer | None:
        """Give the answer that is kept of a question."""
        return self._kept.get(question)

    def resolved(self, question: Hashable, kept: Answer | None, answer: Answer) -> Answer:
        """Give the answer that was kept where this one says that it still holds; keep a new one."""
        if answer.status == NOT_MODIFIED and kept is not None:
            answer = kept
        tag = answer.headers.get("etag", "")
        if answer.status == 200 and tag and tag.isascii() and len(answer.body) <= LARGEST:
            self._kept[question] = answer
            self._kept.move_to_end(question)
            if len(self._kept) > MOST:
                self._kept.popitem(last=False)
        elif answer.status == 200:
            self._kept.pop(question, None)
        return answer


def condition(kept: Answer | None) -> Mapping[str, str]:
    """Give the header that asks for an answer only if it is another one than is kept."""
    return {} if kept is None else {"If-None-Match": kept.headers["etag"]}
