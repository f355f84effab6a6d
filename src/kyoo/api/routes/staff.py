"""People: the list, one, their roles, their picture."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Response

from kyoo.api.context import Context
from kyoo.api.models.staff import RoleOfStaff, Staff
from kyoo.api.queries.catalogue import credits as queries
from kyoo.api.queries.lists.page_statement import PageRequest
from kyoo.api.routes.answers import documented, picture_redirect, redirect
from kyoo.api.routes.kinds import ShowPaging
from kyoo.api.routes.parameters import Name, Quality, RawJson, Reading, answer_page, paging
from kyoo.core.errors import NotFoundError
from kyoo.core.http.pages import Page

router = APIRouter(prefix="/api/staff", tags=["staff"])

StaffPaging = Annotated[PageRequest, paging(queries.STAFF.resource)]


@router.get("", **documented(Page[Staff], 422))
async def list_staff(context: Context, request: Request, reader: Reading, page: StaffPaging) -> RawJson:
    return await answer_page(context, request, queries.STAFF, page, reader)


@router.get("/random", status_code=302, response_model=None)
async def random_staff(context: Context, request: Request, _: Reading) -> Response:
    async with context.database.connection() as connection:
        slug = await queries.random_slug(connection, "api.staff")
    if slug is None:
        raise NotFoundError("There are no people")
    return redirect(f"/api/staff/{slug}", request.url.query)


@router.get("/{name}", **documented(Staff, 404))
async def get_staff(context: Context, name: Name, _: Reading) -> Response:
    async with context.database.connection() as connection:
        found = await queries.get_staff(connection, name)
    if found is None:
        raise NotFoundError(f"No person found with the id or slug: {name}")
    return RawJson(found)


@router.get("/{name}/roles", **documented(Page[RoleOfStaff], 404, 422))
async def staff_roles(context: Context, request: Request, name: Name, reader: Reading, page: ShowPaging) -> RawJson:
    owner = queries.staff_owner(name)
    return await answer_page(context, request, queries.STAFF_ROLES, page, reader, owner=owner)


@router.get("/{name}/image", status_code=302, response_model=None)
async def staff_image(context: Context, name: Name, _: Reading, quality: Quality = "high") -> Response:
    async with context.database.connection() as connection:
        found = await queries.staff_image(connection, name)
    if found is None:
        raise NotFoundError(f"No person found with the id or slug: {name}")
    return picture_redirect(found["id"], quality, f"{name} has no picture")
