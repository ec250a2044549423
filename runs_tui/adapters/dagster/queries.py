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
      ...RunFields mode runConfig
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

LOG = f"""
query Log($id: ID!, $after: String, $limit: Int!) {{
  logsForRun(runId: $id, afterCursor: $after, limit: $limit) {{
    __typename
    ... on EventConnection {{
      cursor hasMore
      events {{
        __typename
        ... on MessageEvent {{ message timestamp level stepKey eventType }}
        ... on ErrorEvent {{ error {{ message stack errorChain {{ error {{ message stack }} }} }} }}
      }}
    }}
    {_ERROR}
  }}
  runOrError(runId: $id) {{ __typename ... on Run {{ status endTime }} {_ERROR} }}
}}
"""

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
