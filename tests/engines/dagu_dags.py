"""The DAGs that a real Dagu server runs; what a step has done, it also notes in a ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FAN = 12
ITEMS = ("oak", "elm", "ash")

DIAMOND = """
type: graph
steps:
  - name: extract
    command: sh -c 'echo extracting; sleep 0.3'
  - name: left
    depends: [extract]
    command: sh -c 'echo left; sleep 0.3'
  - name: right
    depends: [extract]
    command: sh -c 'echo "right is slow" >&2; sleep 0.6'
  - name: join
    depends: [left, right]
    command: echo joined
"""
MENDED = """
type: graph
params: "LEDGER=/dev/null"
handlerOn:
  failure:
    command: echo "handling the failure"
  success:
    command: echo "all went well"
  exit:
    command: echo "leaving"
steps:
  - name: extract
    command: sh -c 'echo extract >> ${LEDGER}; echo extracting'
  - name: check
    depends: [extract]
    command: >-
      sh -c 'echo check >> ${LEDGER};
      echo "about to fail [red]x[/red]" >&2; test -e ${LEDGER}.mended'
  - name: load
    depends: [check]
    command: sh -c 'echo load >> ${LEDGER}; echo loading'
"""
TICKER = """
type: graph
maxActiveRuns: 1
params: "TICKS=300"
steps:
  - name: tick
    command: sh -c 'for i in $(seq ${TICKS}); do echo "tick $i"; sleep 0.2; done'
  - name: tock
    command: sh -c 'for i in $(seq ${TICKS}); do echo "tock $i" >&2; sleep 0.2; done'
  - name: after
    depends: [tick, tock]
    command: echo after
"""
CHILD = """
params: "ITEM=none"
steps:
  - name: work
    command: sh -c 'echo "working on ${ITEM}"; sleep 0.5'
"""
PARENT = f"""
type: graph
steps:
  - name: children
    call: child
    parallel:
      items: {list(ITEMS)}
      maxConcurrent: 2
  - name: single
    call: child
    params: "ITEM=alone"
  - name: last
    depends: [children, single]
    command: echo last
"""
GRANDPARENT = """
steps:
  - name: down
    call: parent
"""
PARTIAL = """
type: graph
steps:
  - name: bad
    command: sh -c 'echo oops >&2; exit 2'
    continueOn:
      failure: true
  - name: "odd name/with a slash"
    depends: [bad]
    command: printf 'a\\n\\n\\033[31mred\\033[0m\\r\\nb'
  - name: never
    depends: [bad]
    preconditions:
      - condition: "false"
    command: echo never
"""
LONG_LOG = """
steps:
  - name: count
    command: seq 1 2600
"""
STUTTER = """
steps:
  - name: say
    command: sh -c 'printf one; sleep 2.5; printf " two"; sleep 2.5; echo " three"'
"""
TIDY = """
type: graph
handlerOn:
  exit:
    command: sh -c 'echo tidying; sleep 3; echo tidied'
steps:
  - name: work
    command: sh -c 'sleep 1; exit 3'
"""


def write_dags(folder: Path) -> None:
    """Write every DAG into its file."""
    texts = {
        "diamond": DIAMOND,
        "mended": MENDED,
        "ticker": TICKER,
        "child": CHILD,
        "parent": PARENT,
        "grandparent": GRANDPARENT,
        "partial": PARTIAL,
        "long-log": LONG_LOG,
        "stutter": STUTTER,
        "tidy": TIDY,
        "fan": _fan(),
    }
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text.lstrip())


def _fan() -> str:
    lines = ["type: graph", "steps:", "  - name: make", "    command: echo making"]
    for number in range(FAN):
        lines.append(f"  - name: item-{number:02}")
        lines.append("    depends: [make]")
        lines.append(f"    command: echo item {number}")
    return "\n".join(lines) + "\n"
