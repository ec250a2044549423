"""Dags for a real Airflow server; its processes read this file from a folder of its own."""

# mypy: disable-error-code="import-not-found, untyped-decorator, operator, no-untyped-call"

from __future__ import annotations

import logging
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from airflow.sdk import Param, dag, get_current_context, task

LOG = logging.getLogger("demo")
START = datetime(2026, 1, 1, tzinfo=timezone.utc)  # noqa: UP017
MENDED = Path(__file__).parent / "mended"


def dag_of(name: str, **more: object) -> Any:
    """Declare a Dag that is started by hand alone."""
    return dag(dag_id=name, schedule=None, start_date=START, catchup=False, **more)


@task
def extract(rows: int = 3) -> list[int]:
    LOG.info("extracted %d rows", rows)
    return list(range(rows))


@task
def clean(rows: list[int]) -> list[int]:
    LOG.info("cleaned %d rows", len(rows))
    return rows


@task
def enrich(rows: list[int]) -> list[int]:
    LOG.warning("1 row has no exchange rate\nit is kept as it was")
    return [row * 10 for row in rows]


@task
def load(cleaned: list[int], enriched: list[int]) -> int:
    LOG.info("loaded %d rows", len(cleaned) + len(enriched))
    return len(cleaned) + len(enriched)


@dag_of("diamond")
def diamond() -> None:
    """Split in two and join again."""
    extracted = extract()
    load(clean(extracted), enrich(extracted))


@task
def read_orders() -> list[str]:
    LOG.info("read 2 orders")
    return ["A-1", "A-2"]


@task
def check_orders(orders: list[str]) -> list[str]:
    if MENDED.exists():
        return orders
    raise ValueError(f"order {orders[-1]} has no customer [red]not markup[/red]")


@task
def send_orders(orders: list[str]) -> int:
    return len(orders)


@dag_of("fails_in_middle")
def fails_in_middle() -> None:
    """Fail in the second of three tasks, so that the third never starts."""
    send_orders(check_orders(read_orders()))


@task
def tick(**context: object) -> None:
    seconds = context["params"]["seconds"]  # type: ignore[index]
    for second in range(1, seconds + 1):
        LOG.info("tick %d of %d", second, seconds)
        time.sleep(1)  # noqa: TID251


@task
def tock() -> None:
    LOG.info("tock")


@dag_of("ticker", params={"seconds": Param(60, type="integer", description="how long to tick")})
def ticker() -> None:
    """Log one line a second."""
    tick() >> tock()


@task
def numbers(width: int = 40) -> list[int]:
    return list(range(width))


@task(map_index_template="{{ label }}")
def square(number: int) -> int:
    get_current_context()["label"] = f"number {number}"
    LOG.info("%d squared is %d", number, number * number)
    return number * number


@task
def total(squares: list[int]) -> int:
    LOG.info("the sum is %d", sum(squares))
    return sum(squares)


@dag_of("fan_out")
def fan_out() -> None:
    """Map one task over many numbers and join them."""
    total(square.expand(number=numbers()))


@dag_of("archive", is_paused_upon_creation=True)
def archive() -> None:
    """Hold runs that nothing executes."""
    tock()


diamond()
fails_in_middle()
ticker()
fan_out()
archive()
