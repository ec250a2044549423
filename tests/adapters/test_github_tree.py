"""The tree of a run: out of the workflow file where it can be read, flat where it cannot."""

import json

import pytest

from runs_tui.adapters.github_actions.matching import match
from runs_tui.adapters.github_actions.workflow_file import MOST_NEEDS, Declared, declared_in
from runs_tui.model.run import Step
from runs_tui.model.state import State
from tests.adapters.github_server import ONE, RUN, github, job, run, said
from tests.transport.script import Asked, reply

CI = """
name: CI
on: [push]
jobs:
  lint:
    runs-on: ubuntu-latest
  test:
    name: Tests on ${{ matrix.os }}
    needs: lint
    strategy: {matrix: {os: [linux, mac]}}
  pack:
    needs: [lint, test]
  deploy:
    name: Ship it
    needs: pack
    uses: ./.github/workflows/deploy.yml
"""


def declared(**names: str) -> list[Declared]:
    return [Declared(key, name) for key, name in names.items()]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("build", "build"),
        ("Unit tests", "test"),
        ("test", "test"),
        ("test (3.12, ubuntu-latest)", "test"),
        ("Unit tests (3.12)", "test"),
        ("deploy / upload", "deploy"),
        ("deploy (eu) / upload (1)", "deploy"),
        ("Pack for linux", "pack"),
        ("Pack for linux (1)", "pack"),
        ("Pack", None),
        ("testing", None),
        ("(1)", None),
        ("", None),
    ],
)
def test_a_job_is_found_by_its_name(name: str, found: str | None) -> None:
    jobs = declared(
        build="build", test="Unit tests", deploy="deploy", pack="Pack for ${{ matrix.os }}"
    )
    assert match(name, jobs) == found


def test_what_fits_two_jobs_is_neither() -> None:
    jobs = declared(one="${{ matrix.a }} check", two="${{ matrix.b }} check")
    assert match("fast check", jobs) is None
    assert match("same", declared(one="same", two="same")) is None


def test_a_name_of_nothing_but_an_expression_fits_nothing() -> None:
    assert match("build", declared(any="${{ matrix.name }}")) is None


def test_a_workflow_file_tells_names_and_needs() -> None:
    assert declared_in(CI) == [
        Declared("lint", "lint"),
        Declared("test", "Tests on ${{ matrix.os }}", ("lint",)),
        Declared("pack", "pack", ("lint", "test")),
        Declared("deploy", "Ship it", ("pack",)),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "", "jobs", "jobs: []", "jobs: {a: 1}", "[", "jobs: {a: !!python/object/apply:os.abort []}",
        "\x00", "a: *b", "[" * 5000, "jobs: &x {a: *x}", "? {a: b}\n: c", "jobs: 2026-99-99",
    ],
)  # fmt: skip
def test_a_file_that_is_no_workflow_tells_nothing(text: str) -> None:
    assert list(declared_in(text)) in ([], [Declared("a", "a")])


def test_aliases_that_multiply_do_no_harm() -> None:
    rows = ["a0: &a0 [x, x]"]
    rows += [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60)]
    text = "\n".join([*rows, "jobs: {build: {needs: *a59}}"])
    assert declared_in(text) == [Declared("build", "build")]


@pytest.mark.parametrize(
    "text",
    [
        'a: !!int ""', "a: !!float ''", "a: !!bool maybe", "a: !!timestamp soon",
        "a: !!binary ü", "a: !!set [1]", "a: !!omap {}", "on: true", "a: {<<: 1}",
        "? [a]\n: !!int ''\na: 1", "1: 2", "a: " + "9" * 5000,
    ],
)  # fmt: skip
def test_what_a_file_holds_besides_is_not_looked_at(text: str) -> None:
    found = declared_in(f"{text}\njobs: {{1: {{name: 1.10, needs: [2, ~]}}, 2: {{needs: null}}}}")
    assert list(found) in ([], [Declared("1", "1.10", ("2",)), Declared("2", "2")])


def test_a_file_made_to_take_long_takes_no_longer() -> None:
    ids = ", ".join(f"n{number}" for number in range(50_000))
    waiting = "\n".join(f"  j{number}: {{needs: *n }}" for number in range(1000))
    found = declared_in(f"x: &n [{ids}]\njobs:\n{waiting}")
    assert {len(each.needs) for each in found} == {MOST_NEEDS}
    (named,) = declared_in("jobs: {a: {name: '" + "${{" * 100_000 + "'}}")
    assert named == Declared("a", "a")


def tree(steps: list[Step]) -> dict[str, tuple[str, ...]]:
    """Give the parents of each job, by names."""
    names = {step.key: step.name for step in steps}
    return {
        step.name: tuple(names.get(key, key) for key in step.depends_on)
        for step in steps
        if "/" not in step.key or step.key.startswith("needs/")
    }


async def test_jobs_stand_behind_those_that_they_need() -> None:
    async with github() as (hub, source, _):
        hub.file(CI)
        hub.jobs(
            job(1, "lint"),
            job(2, "Tests on linux"),
            job(3, "Tests on mac", None),
        )
        steps = list(await source.steps(str(RUN)))
        assert tree(steps) == {
            "lint": (),
            "Tests on linux": ("lint",),
            "Tests on mac": ("lint",),
            "pack": ("lint", "Tests on linux", "Tests on mac"),
            "Ship it": ("pack",),
        }
        planned = {step.name: step for step in steps if "state" in step.derived}
        assert {name: step.state for name, step in planned.items()} == {
            "pack": State.QUEUED,
            "Ship it": State.QUEUED,
        }


async def test_a_called_workflow_stands_for_its_caller() -> None:
    async with github() as (hub, source, _):
        hub.answers[ONE] = run("success")
        hub.file(CI)
        hub.jobs(job(1, "lint"), job(4, "pack"), job(5, "Ship it / eu"), job(6, "Ship it / us"))
        steps = list(await source.steps(str(RUN)))
        assert tree(steps)["Ship it / eu"] == tree(steps)["Ship it / us"] == ("pack",)
        states = {step.name: step.state for step in steps if "state" in step.derived}
        assert states == {"Tests on ${{ matrix.os }}": State.SKIPPED}


@pytest.mark.parametrize("answer", [None, said(403, "Resource not accessible"), "no: file"])
async def test_it_is_flat_where_the_file_cannot_be_read(answer: bytes | str | None) -> None:
    async with github() as (hub, source, _):
        if isinstance(answer, str):
            hub.file(answer)
        elif answer:
            hub.answers["/repos/acme/widgets/contents/.github/workflows/ci.yml"] = answer
        hub.jobs(job(1, "lint"), job(2, "test"))
        steps = list(await source.steps(str(RUN)))
        assert tree(steps) == {"lint": (), "test": ()}
        lint = next(step for step in steps if step.name == "lint")
        assert "not known" in lint.details["needs"]
        await source.steps(str(RUN))
        assert len([path for path in hub.paths() if "contents" in path]) == 1


async def test_a_run_without_a_file_asks_for_none() -> None:
    async with github() as (hub, source, _):
        hub.answers[ONE] = run("success", path="dynamic/pages/pages-build-deployment")
        hub.jobs(job(1, "build"))
        await source.steps(str(RUN))
        assert not [path for path in hub.paths() if "contents" in path]


async def test_the_file_is_read_as_it_was_at_the_commit_of_the_run() -> None:
    async with github() as (hub, source, _):
        hub.file(CI)
        hub.jobs(job(1, "lint"))
        await source.steps(str(RUN))
        (asked,) = [each for each in hub.asked if "contents" in each.path]
        assert f"ref={run()['head_sha']}" in asked.target
        assert asked.headers["accept"] == "application/vnd.github.raw+json"


async def test_the_steps_of_a_job_stand_under_it_and_say_why_it_failed() -> None:
    async with github() as (hub, source, _):
        hub.jobs(job(7, "build", "failure"))
        build, set_up, tests = await source.steps(str(RUN))
        assert (set_up.depends_on, tests.depends_on) == (("7",), ("7",))
        assert (build.state, build.error) == (State.FAILED, "Run tests failed")
        assert build.derived == {"error"}
        assert (tests.key, tests.part) == ("7/2", "build/Run tests")


async def test_more_jobs_than_a_page_holds_are_all_told() -> None:
    async with github() as (hub, source, _):
        jobs = [job(number, f"test ({number})", steps=[]) for number in range(1, 251)]

        def answer(asked: Asked) -> bytes:
            number = int(asked.target.split("&page=")[1].split("&")[0])
            rows = jobs[100 * (number - 1) : 100 * number]
            return reply(200, json.dumps({"total_count": 250, "jobs": rows}))

        hub.answers[f"{ONE}/jobs"] = answer
        assert len(await source.steps(str(RUN))) == 250
