"""What the log of each kind of step says; a line that begins with `~` is of level debug.

Builds and tests colour their logs themselves, as such tools do.
"""

from collections.abc import Sequence

CHATTY = frozenset({"train", "test", "media", "sync"})
"""Kinds that write a line about every second for as long as they last."""

_PHRASES: dict[str, tuple[str, ...]] = {
    "extract": (
        "~GET /v2/orders?page={n} answered 200 in {ms} ms",
        "page {n} of {of}: {rows:,} rows",
        "~cursor moved to part {part}",
        "received {rows:,} rows, {percent} % done",
    ),
    "transform": (
        "reading part {part}",
        "{rows:,} rows in, {percent} % done",
        "~dropped {ms} rows without a key",
        "wrote part {part} in {ms} ms",
    ),
    "load": (
        "copying part {part} into the staging table",
        "merged {rows:,} rows in {ms} ms",
        "~analyse of the target took {ms} ms",
        "{percent} % of the batches are committed",
    ),
    "http": (
        "~connecting, part {part} of the pool",
        "request {n} answered 200 in {ms} ms",
        "~{ms} bytes read",
    ),
    "sync": (
        "object {n}: copied in {ms} ms",
        "~object {n} is unchanged",
        "queue holds {rows:,} objects",
        "part {part}: {percent} % done",
        "~listing the next page",
    ),
    "query": (
        "~plan: hash join, cost {rows}",
        "fetched {rows:,} rows in {ms} ms",
        "~temporary table holds {rows:,} rows",
    ),
    "train": (
        "step {n}/{of} loss {loss:.4f} {ms} ms",
        "step {n}/{of} loss {loss:.4f} gradient norm {share:.2f}",
        "~data loader waited {ms} ms",
        "step {n}/{of} loss {loss:.4f} {percent} % done",
        "~device 0 at {part} °C",
        "validation after step {n}: accuracy {share:.3f}",
    ),
    "evaluate": (
        "batch {n} of {of}: accuracy {share:.3f}",
        "~{rows:,} examples in {ms} ms",
        "confusion matrix written, part {part}",
    ),
    "media": (
        "frame {rows}, {percent} % done, speed {share:.2f}x",
        "~bitrate {ms} kbit/s",
        "segment {n} of {of} written in {ms} ms",
    ),
    "image": (
        "read {rows:,} bytes",
        "~scaled with lanczos in {ms} ms",
        "wrote size {n} of {of}",
    ),
    "build": (
        "#{n} [stage {n}/{of}] \x1b[38;5;208mRUN\x1b[0m make part-{part}",
        "~#{n} cached",
        "#{n} \x1b[1;32mdone\x1b[0m in {ms} ms",
    ),
    "test": (
        "test_orders::test_{rows} \x1b[32mpassed\x1b[0m in {ms} ms",
        "test_checkout::test_{rows} \x1b[32mpassed\x1b[0m in {ms} ms",
        "~fixture database ready in {ms} ms",
        "\x1b[1;36m{percent} %\x1b[0m done",
    ),
    "deploy": (
        "instance {n} of {of}: pulled",
        "instance {n} of {of}: ready after {ms} ms",
        "~traffic to the new version: {percent} %",
    ),
    "approval": ("~still waiting for approval", "~reminder {n} is due later"),
    "notify": ("message {n} accepted in {ms} ms", "~{part} recipients left"),
    "check": (
        "expectation {n} of {of} holds for {rows:,} rows",
        "~profile of column {part} took {ms} ms",
    ),
    "backup": (
        "dumped {rows:,} rows of table {part}",
        "~compressed to {percent} %",
        "segment {n} of {of} stored in {ms} ms",
    ),
    "report": ("page {n} of {of} rendered in {ms} ms", "~chart {part} drawn"),
}


def phrases(kind: str) -> Sequence[str]:
    """Give what a kind of step says, over and over, while it runs."""
    return _PHRASES.get(kind, _PHRASES["http"])
