"""GraphQL over the demo's schema; its library is imported with the first query."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runs_tui.demo.dagster.schema import schema_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphql import DocumentNode, ExecutionResult, GraphQLError, GraphQLSchema

    from runs_tui.demo.dagster.ledger import Ledger


class Engine:
    """Checks each query once, and executes it as often as it is asked."""

    def __init__(self, ledger: Ledger) -> None:
        """Take what there is to tell of; nothing is imported yet."""
        self._ledger = ledger
        self._made: GraphQLSchema | None = None
        self._checked: dict[str, DocumentNode | list[GraphQLError]] = {}

    def execute(self, asked: Mapping[str, Any], root: Mapping[str, Any]) -> ExecutionResult:
        """Answer a request whose query is a text, from what stands at the root."""
        from graphql import ExecutionResult, execute_sync

        document = self._document(asked["query"])
        if isinstance(document, list):
            return ExecutionResult(None, document)
        return execute_sync(
            self._schema,
            document,
            root_value=root,
            variable_values=asked.get("variables") or {},
            operation_name=asked.get("operationName"),
        )

    def _document(self, query: str) -> DocumentNode | list[GraphQLError]:
        """Give a query as it is understood, or what is wrong with it."""
        if query not in self._checked:
            self._checked[query] = self._check(query)
        return self._checked[query]

    def _check(self, query: str) -> DocumentNode | list[GraphQLError]:
        from graphql import GraphQLSyntaxError, parse, validate

        try:
            document = parse(query)
        except GraphQLSyntaxError as error:
            return [error]
        return validate(self._schema, document) or document

    @property
    def _schema(self) -> GraphQLSchema:
        if self._made is None:
            from graphql import build_schema

            words = {run.word.upper() for run in self._ledger.all() if run.word}
            self._made = build_schema(schema_text(suspends=self._ledger.suspends, words=words))
        return self._made
