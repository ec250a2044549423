from collections.abc import Mapping
from typing import Any, ClassVar

from runs_tui.adapters.noxus.pace import Pace
from runs_tui.demo.noxus.definitions import node_id
from runs_tui.demo.world import WorldStep
from runs_tui.model.text import clean
from tests.contract import AdapterContract

QUICK = Pace(
    poll=0.05, beside=0.15, silence=3.0, settle=0.4, patience=2.0, first_delay=0.02,
    longest_delay=0.1, failures=3, looks=2,
)  # fmt: skip


class TestNoxus(AdapterContract):
    api: ClassVar[str] = "noxus"
    cancel_path: ClassVar[str] = "/stop"
    retry_path: ClassVar[str] = "/v1/workflows/"
    stream_path: ClassVar[str | None] = "/events"
    tells_errors: ClassVar[bool] = False

    def quicken(self, source: Any) -> None:
        super().quicken(source)
        source.pace = QUICK

    def step_key(self, step: WorldStep) -> str:
        return clean(node_id(step.key))

    def parents(self, step: WorldStep, keys: Mapping[str, str]) -> tuple[str, ...]:
        return tuple(clean(node_id(parent)) for parent in step.parents)
