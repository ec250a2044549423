"""The workflow files of the repository, which tell which jobs need which."""

import re

from runs_tui.demo.dice import digest
from runs_tui.demo.world import Workflow

_UNFIT = re.compile(r"[^a-z0-9]+")


def path_of(workflow: Workflow) -> str:
    """Give the path of the file of a workflow."""
    slug = _UNFIT.sub("-", workflow.name.lower()).strip("-")[:40]
    return f".github/workflows/{slug}-{workflow.id[:4]}.yml"


def sha_of(workflow: Workflow) -> str:
    """Give the commit that its runs work on."""
    return digest(workflow.id, "commit", workflow.version).hex()[:40]


def text_of(workflow: Workflow) -> str:
    """Write the file of a workflow."""
    import yaml

    jobs = {
        step.key: {
            "name": step.name,
            "runs-on": "ubuntu-latest",
            **({"needs": _needs(step.parents)} if step.parents else {}),
            "steps": [{"run": f"make {step.kind}"}],
        }
        for step in workflow.steps
    }
    told = {"name": workflow.name, "on": {"workflow_dispatch": None}, "jobs": jobs}
    return yaml.safe_dump(told, allow_unicode=True, sort_keys=False)


def _needs(parents: tuple[str, ...]) -> str | list[str]:
    """Write one need as it is and several as a list, as people do."""
    return parents[0] if len(parents) == 1 else list(parents)
