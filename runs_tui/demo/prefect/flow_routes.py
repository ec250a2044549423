"""The endpoints about flows, deployments and the server itself."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from runs_tui.demo.prefect import searches
from runs_tui.demo.prefect.bodies import body_of, not_found, slice_of
from runs_tui.demo.prefect.desk import Desk, posting
from runs_tui.demo.prefect.fields import DEPLOYMENT_ORDERS, DEPLOYMENTS, FLOW_ORDERS, FLOWS
from runs_tui.demo.prefect.flows import deployment_json, flow_json

VERSION = "3.8.8"
"""The version that the server tells."""


class FlowEndpoints:
    """Answers requests about what can be run, and about the server."""

    def __init__(self, desk: Desk) -> None:
        """Answer from a desk."""
        self._ledger = desk.ledger
        self._clock = desk.clock

    def routes(self) -> list[BaseRoute]:
        """Give every endpoint with its path."""
        return [
            Route("/health", _telling(True)),
            Route("/ready", _telling({"message": "OK"})),
            Route("/admin/version", _telling(VERSION)),
            posting("/flows/filter", self.list_flows),
            Route("/flows/{id:uuid}", self.get_flow),
            posting("/deployments/filter", self.list_deployments),
            Route("/deployments/{id:uuid}", self.get_deployment),
        ]

    async def list_flows(self, request: Request) -> Response:
        """Answer a slice of the flows."""
        body = await body_of(request)
        test = body.test("flows", FLOWS)
        rows = [flow for flow in self._ledger.flows.values() if test is None or test(flow)]
        rows = slice_of(searches.ordered(rows, body, FLOW_ORDERS), body)
        return JSONResponse([flow_json(flow) for flow in rows])

    async def get_flow(self, request: Request) -> Response:
        """Answer one flow."""
        flow = self._ledger.flows.get(str(request.path_params["id"]))
        if flow is None:
            raise not_found("Flow")
        return JSONResponse(flow_json(flow))

    async def list_deployments(self, request: Request) -> Response:
        """Answer a slice of the deployments."""
        body, now = await body_of(request), self._clock.now()
        test = body.test("deployments", DEPLOYMENTS)
        flow = body.test("flows", FLOWS)
        rows = [
            deployment
            for deployment in self._ledger.deployments.values()
            if (test is None or test(deployment)) and (flow is None or flow(deployment.flow))
        ]
        rows = slice_of(searches.ordered(rows, body, DEPLOYMENT_ORDERS), body)
        return JSONResponse([deployment_json(deployment, now) for deployment in rows])

    async def get_deployment(self, request: Request) -> Response:
        """Answer one deployment."""
        deployment = self._ledger.deployments.get(str(request.path_params["id"]))
        if deployment is None:
            raise not_found("Deployment")
        return JSONResponse(deployment_json(deployment, self._clock.now()))


def _telling(answer: object) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(_: Request) -> Response:
        return JSONResponse(answer)

    return endpoint
