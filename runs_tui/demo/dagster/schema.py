"""The part of Dagster's schema that the demo serves."""

SCHEMA = """
type Query {
  version: String!
  runsOrError(filter: RunsFilter, cursor: String, limit: Int): RunsOrError!
  runOrError(runId: ID!): RunOrError!
  runGroupOrError(runId: ID!): RunGroupOrError!
  logsForRun(runId: ID!, afterCursor: String, limit: Int): EventConnectionOrError!
  workspaceOrError: WorkspaceOrError!
  instance: Instance!
}

type Mutation {
  terminateRun(runId: String!, terminatePolicy: TerminateRunPolicy): TerminateRunResult!
  launchRunReexecution(
    executionParams: ExecutionParams, reexecutionParams: ReexecutionParams
  ): LaunchRunReexecutionResult!
}

type Subscription {
  pipelineRunLogs(runId: ID!, cursor: String): PipelineRunLogsSubscriptionPayload!
}

scalar RunConfigData
enum RunStatus { %(statuses)s }
enum StepEventStatus { %(step_statuses)s }
enum StepKind { COMPUTE UNRESOLVED_MAPPED UNRESOLVED_COLLECT }
enum TerminateRunPolicy { SAFE_TERMINATE MARK_AS_CANCELED_IMMEDIATELY }
enum ReexecutionStrategy { FROM_FAILURE ALL_STEPS FROM_ASSET_FAILURE }
enum LogLevel { CRITICAL ERROR INFO WARNING DEBUG }
enum DagsterEventType {
  RUN_ENQUEUED RUN_STARTING RUN_START RUN_SUCCESS RUN_FAILURE RUN_CANCELING RUN_CANCELED
  STEP_START STEP_SUCCESS STEP_FAILURE STEP_SKIPPED STEP_UP_FOR_RETRY STEP_RESTARTED ENGINE_EVENT
}

input ExecutionTag { key: String! value: String! }
input RunsFilter {
  runIds: [String]
  pipelineName: String
  tags: [ExecutionTag!]
  statuses: [RunStatus!]
  snapshotId: String
  updatedAfter: Float
  updatedBefore: Float
  createdBefore: Float
  createdAfter: Float
  mode: String
}
input JobOrPipelineSelector {
  pipelineName: String
  jobName: String
  repositoryName: String!
  repositoryLocationName: String!
  solidSelection: [String!]
  assetSelection: [AssetKeyInput!]
}
input AssetKeyInput { path: [String!]! }
input ExecutionMetadata {
  runId: String tags: [ExecutionTag!] rootRunId: String parentRunId: String
}
input ExecutionParams {
  selector: JobOrPipelineSelector!
  runConfigData: RunConfigData
  mode: String
  executionMetadata: ExecutionMetadata
  stepKeys: [String!]
}
input ReexecutionParams { parentRunId: String! strategy: ReexecutionStrategy! }

interface Error { message: String! }
type PythonError implements Error {
  message: String! className: String stack: [String!]! errorChain: [ErrorChainLink!]!
}
type ErrorChainLink { isExplicitLink: Boolean! error: PythonError! }
type RunNotFoundError implements Error { runId: String! message: String! }
type RunGroupNotFoundError implements Error { runId: String! message: String! }
type UnauthorizedError implements Error { message: String! }
type InvalidPipelineRunsFilterError implements Error { message: String! }
type RunConflict implements Error { message: String! }
type PipelineNotFoundError implements Error { message: String! pipelineName: String! }
type InvalidStepError { invalidStepKey: String! }
type RunConfigValidationInvalid { pipelineName: String! errors: [ConfigError!]! }
type ConfigError { message: String! }

union RunsOrError = Runs | InvalidPipelineRunsFilterError | PythonError
union RunOrError = Run | RunNotFoundError | PythonError
union RunGroupOrError = RunGroup | RunGroupNotFoundError | PythonError
union EventConnectionOrError = EventConnection | RunNotFoundError | PythonError
union WorkspaceOrError = Workspace | PythonError
union RepositoryLocationOrLoadError = RepositoryLocation | PythonError
union TerminateRunResult =
  TerminateRunSuccess | TerminateRunFailure | RunNotFoundError | UnauthorizedError | PythonError
union LaunchRunReexecutionResult =
  LaunchRunSuccess | InvalidStepError | RunConfigValidationInvalid | PipelineNotFoundError
  | RunConflict | UnauthorizedError | PythonError
union PipelineRunLogsSubscriptionPayload =
  PipelineRunLogsSubscriptionSuccess | PipelineRunLogsSubscriptionFailure

type Runs { results: [Run!]! count: Int }
type RunGroup { rootRunId: String! runs: [Run] }
type LaunchRunSuccess { run: Run! }
type TerminateRunSuccess { run: Run! }
type TerminateRunFailure implements Error { run: Run! message: String! }
type PipelineTag { key: String! value: String! }
type RepositoryOrigin { id: String! repositoryLocationName: String! repositoryName: String! }
type Run {
  id: ID!
  runId: String!
  jobName: String!
  pipelineName: String!
  status: RunStatus!
  mode: String!
  creationTime: Float!
  startTime: Float
  endTime: Float
  updateTime: Float
  canTerminate: Boolean!
  hasTerminatePermission: Boolean!
  hasReExecutePermission: Boolean!
  rootRunId: String
  parentRunId: String
  pipelineSnapshotId: String
  tags: [PipelineTag!]!
  stepKeysToExecute: [String!]
  runConfig: RunConfigData!
  runConfigYaml: String!
  repositoryOrigin: RepositoryOrigin
  solidSelection: [String!]
  assetSelection: [AssetKey!]
  executionPlan: ExecutionPlan
  stepStats: [RunStepStats!]!
}
type ExecutionPlan { steps: [ExecutionStep!]! }
type ExecutionStep {
  key: String! kind: StepKind! solidHandleID: String! inputs: [ExecutionStepInput!]!
}
type ExecutionStepInput { name: String! dependsOn: [ExecutionStep!]! }
type RunStepStats {
  runId: String!
  stepKey: String!
  status: StepEventStatus
  startTime: Float
  endTime: Float
  attempts: [RunMarker!]!
}
type AssetKey { path: [String!]! }
type RunMarker { startTime: Float endTime: Float }

type Workspace { locationEntries: [WorkspaceLocationEntry!]! }
type WorkspaceLocationEntry {
  name: String! loadStatus: String! locationOrLoadError: RepositoryLocationOrLoadError
}
type RepositoryLocation { name: String! repositories: [Repository!]! }
type Repository { name: String! jobs: [Job!]! }
type Job { name: String! isAssetJob: Boolean! }
type Instance { id: String! daemonHealth: DaemonHealth! }
type DaemonHealth { id: String! allDaemonStatuses: [DaemonStatus!]! }
type DaemonStatus { daemonType: String! required: Boolean! healthy: Boolean }

interface MessageEvent {
  runId: String!
  message: String!
  timestamp: String!
  level: LogLevel!
  stepKey: String
  eventType: DagsterEventType
}
interface ErrorEvent { error: PythonError }
%(events)s
union DagsterRunEvent = %(event_names)s
type EventConnection { events: [DagsterRunEvent!]! cursor: String! hasMore: Boolean! }
type PipelineRunLogsSubscriptionSuccess {
  run: Run! messages: [DagsterRunEvent!]! hasMorePastEvents: Boolean! cursor: String!
}
type PipelineRunLogsSubscriptionFailure { message: String! missingRunId: String }
"""

_PLAIN = (
    "LogMessageEvent", "RunEnqueuedEvent", "RunStartingEvent", "RunStartEvent", "RunSuccessEvent",
    "RunCancelingEvent", "RunCanceledEvent", "ExecutionStepStartEvent",
    "ExecutionStepSuccessEvent", "ExecutionStepRestartEvent",
)  # fmt: skip
_WITH_ERROR = ("RunFailureEvent", "ExecutionStepFailureEvent", "EngineEvent")
_FIELDS = (
    "runId: String! message: String! timestamp: String! level: LogLevel! stepKey: String"
    " eventType: DagsterEventType"
)
_STATUSES = (
    "QUEUED", "NOT_STARTED", "MANAGED", "STARTING", "STARTED", "SUCCESS", "FAILURE", "CANCELING",
    "CANCELED",
)  # fmt: skip
_STEP_STATUSES = ("SKIPPED", "SUCCESS", "FAILURE", "IN_PROGRESS")


def schema_text(*, suspends: bool, words: set[str]) -> str:
    """Write the schema of a server, with statuses that nobody knows among the others."""
    events = [
        *(f"type {name} implements MessageEvent {{ {_FIELDS} }}" for name in _PLAIN),
        *(
            f"type {name} implements MessageEvent & ErrorEvent {{ {_FIELDS} error: PythonError }}"
            for name in _WITH_ERROR
        ),
    ]
    return SCHEMA % {
        "statuses": " ".join([*_STATUSES, *(["SUSPENDED"] if suspends else []), *sorted(words)]),
        "step_statuses": " ".join([*_STEP_STATUSES, *sorted(words)]),
        "events": "\n".join(events),
        "event_names": " | ".join([*_PLAIN, *_WITH_ERROR]),
    }
