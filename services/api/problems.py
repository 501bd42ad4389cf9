"""Errors of the API as `application/problem+json` (RFC 9457).

Rule of this room: a problem says what was wrong with the request by name and place; it repeats no value.
"""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from ediport import logs
from ediport.x12.errors import Retryable
from services.api.models import Problem

MEDIA_TYPE: Final = "application/problem+json"

retry_after_s: Final = 2
"""What a client is told to wait when the ledger is away."""


class NotThere(HTTPException):
    """404 with our own words."""

    def __init__(self, what: str) -> None:
        super().__init__(HTTPStatus.NOT_FOUND, f"There is no {what}.")


def install(app: FastAPI) -> None:
    """Make every error of `app` a problem."""
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Retryable, _away)
    app.add_exception_handler(Exception, _failed)


def answers(*codes: HTTPStatus) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that can end in these problems."""
    schema = Problem.model_json_schema()
    content = {MEDIA_TYPE: {"schema": schema}}
    return {int(code): {"description": code.phrase, "content": content} for code in codes}


def problem(status: int, detail: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """A problem as a response."""
    body = Problem(
        type="about:blank", title=HTTPStatus(status).phrase, status=status, detail=detail
    )
    return JSONResponse(body.model_dump(), status, headers, MEDIA_TYPE)


async def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return problem(error.status_code, str(error.detail), dict(error.headers or {}))


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    faults = "; ".join(f"{_place(fault['loc'])}: {fault['type']}" for fault in error.errors())
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"The request can't be read: {faults}.")


async def _away(_: Request, __: Exception) -> JSONResponse:
    headers = {"Retry-After": str(retry_after_s)}
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, "The ledger is busy; try again soon.", headers)


async def _failed(_: Request, error: Exception) -> JSONResponse:
    logs.get("api").error("request_failed", exc_info=(type(error), error, error.__traceback__))
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "Something failed here; it is in our logs.")


def _place(parts: Sequence[object]) -> str:
    return ".".join(str(part) for part in parts)
