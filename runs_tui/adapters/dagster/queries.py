"""The queries that are sent, each with the fields that are read."""

_RUN = """
fragment RunFields on Run {
  id jobName status creationTime startTime endTime updateTime
  canTerminate hasTerminatePermission hasReExecutePermission
  rootRunId parentRunId pipelineSnapshotId stepKeysToExecute
  tags { key value }
  repositoryOrigin { repositoryLocationName repositoryName }
}
"""
_ERROR = "... on Error { message }"

RUNS = f"""
query Runs($filter: RunsFilter, $limit: Int!) {{
  runsOrError(filter: $filter, limit: $limit) {{
    __typename ... on Runs {{ count results {{ ...RunFields }} }} {_ERROR}
  }}
}}
{_RUN}"""
"""The first rows of a list, and how many there are."""

RUNS_UNCOUNTED = RUNS.replace("count ", "")
"""The first rows of a list."""

RUNS_AFTER = f"""
query RunsAfter($filter: RunsFilter, $limit: Int!, $cursor: String!, $anchor: ID!) {{
  runsOrError(filter: $filter, limit: $limit, cursor: $cursor) {{
    __typename ... on Runs {{ results {{ ...RunFields }} }} {_ERROR}
  }}
  anchor: runOrError(runId: $anchor) {{ __typename }}
}}
{_RUN}"""
"""The rows after a run, and whether that run is still there."""

RUN = f"""
query Run($id: ID!) {{
  runOrError(runId: $id) {{
    __typename
    ... on Run {{
      ...RunFields mode runConfig solidSelection assetSelection {{ path }}
      executionPlan {{ steps {{ key kind inputs {{ dependsOn {{ key }} }} }} }}
      stepStats {{ stepKey status startTime endTime attempts {{ startTime endTime }} }}
    }}
    {_ERROR}
  }}
}}
{_RUN}"""

GROUP = f"""
query RunGroup($id: ID!) {{
  runGroupOrError(runId: $id) {{
    __typename ... on RunGroup {{ rootRunId runs {{ ...RunFields }} }} {_ERROR}
  }}
}}
{_RUN}"""

_EVENT = """
        __typename
        ... on MessageEvent { message timestamp level stepKey eventType }
        ... on ErrorEvent { error { message stack errorChain { error { message stack } } } }
"""
_PAGE = f"""
    __typename ... on EventConnection {{ cursor hasMore events {{{_EVENT}}} }} {_ERROR}
"""
_STATUS = f"runOrError(runId: $id) {{ __typename ... on Run {{ status endTime }} {_ERROR} }}"
_MARK = "__typename ... on EventConnection { events { __typename } }"

LOG = f"""
query Log($id: ID!, $after: String, $limit: Int!) {{
  logsForRun(runId: $id, afterCursor: $after, limit: $limit) {{{_PAGE}}}
  {_STATUS}
}}
"""
"""A page of a log, and where its run stands."""

LISTEN = f"""
subscription Listen($id: ID!, $after: String) {{
  pipelineRunLogs(runId: $id, cursor: $after) {{
    __typename
    ... on PipelineRunLogsSubscriptionSuccess {{
      cursor run {{ status endTime }} messages {{{_EVENT}}}
    }}
  }}
}}
"""
"""The events of a log as they come."""


def marks(count: int, *, page: bool) -> str:
    """Ask of so many places of a log whether events follow, and for a page where that is wanted."""
    places = range(count)
    variables = "".join(f", $after{at}: String!" for at in places)
    told = "\n  ".join(
        f"mark{at}: logsForRun(runId: $id, afterCursor: $after{at}, limit: 1) {{ {_MARK} }}"
        for at in places
    )
    first = f"logsForRun(runId: $id, limit: $limit) {{{_PAGE}}}" if page else ""
    limit = ", $limit: Int!" if page else ""
    return f"query LogEnd($id: ID!{limit}{variables}) {{\n  {first}\n  {_STATUS}\n  {told}\n}}\n"


TERMINATE = f"""
mutation Terminate($id: String!, $policy: TerminateRunPolicy!) {{
  terminateRun(runId: $id, terminatePolicy: $policy) {{ __typename {_ERROR} }}
}}
"""

_LAUNCHED = f"""
    __typename
    ... on LaunchRunSuccess {{ run {{ ...RunFields }} }}
    ... on InvalidStepError {{ invalidStepKey }}
    ... on RunConfigValidationInvalid {{ errors {{ message }} }}
    {_ERROR}
"""

REEXECUTE = f"""
mutation Reexecute($run: ReexecutionParams!) {{
  launchRunReexecution(reexecutionParams: $run) {{{_LAUNCHED}}}
}}
{_RUN}"""

REEXECUTE_STEPS = f"""
mutation ReexecuteSteps($run: ExecutionParams!) {{
  launchRunReexecution(executionParams: $run) {{{_LAUNCHED}}}
}}
{_RUN}"""

JOBS = f"""
query Jobs {{
  workspaceOrError {{
    __typename
    ... on Workspace {{
      locationEntries {{
        locationOrLoadError {{ ... on RepositoryLocation {{ repositories {{ jobs {{ name }} }} }} }}
      }}
    }}
    {_ERROR}
  }}
}}
"""

HEALTH = """
query Health {
  instance { daemonHealth { allDaemonStatuses { daemonType required healthy } } }
}
"""

STATUSES = """
query Statuses { __type(name: "RunStatus") { enumValues { name } } }
"""
