"""Clients as archives: out, and back in."""

from __future__ import annotations

import asyncio
import errno
import shutil
import tempfile
from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.background import BackgroundTask
from starlette.responses import FileResponse

from posture.records import Records
from posture.web.api.depends import ID, PoolsDep, RecordsDep
from posture.web.pools import Pools
from posture.web.problems import ProblemError, problem_responses

if TYPE_CHECKING:
    from starlette.datastructures import UploadFile

__all__ = ["router"]

router = APIRouter(tags=["exchange"], responses=problem_responses(422))

_ZIP: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/zip": {}}, "description": "The archive."}
}
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/zip": {
                "schema": {"type": "string", "contentMediaType": "application/zip"}
            },
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "contentMediaType": "application/zip"}
                    },
                }
            },
        },
    }
}


class ImportOut(BaseModel):
    """What came in: the ids of the clients, and how many visits and photos."""

    clients: list[str]
    visits: int
    photos: int


@router.get(
    "/clients/{client_id}/export.zip",
    response_class=FileResponse,
    responses={**_ZIP, **problem_responses(404)},
)
async def export_one(client_id: ID, records: RecordsDep, pools: PoolsDep) -> FileResponse:
    """Return everything kept of one client as a zip: JSON, CSV, photos as given, checksums."""
    return await _export(records, pools, "posture-client", [client_id])


@router.get("/export.zip", response_class=FileResponse, responses=_ZIP)
async def export_all(records: RecordsDep, pools: PoolsDep) -> FileResponse:
    """Return everything kept of all clients as a zip."""
    return await _export(records, pools, "posture-clients", None)


@router.post(
    "/import",
    status_code=201,
    openapi_extra=_BODY,
    responses=problem_responses(400, 408, 409, 413, 415, 507),
)
async def import_archive(request: Request, records: RecordsDep, pools: PoolsDep) -> ImportOut:
    """Take the clients of an archive in, all or none. No client is ever overwritten."""
    from posture.records.archive import ImportReceipt, import_clients

    folder = Path(tempfile.mkdtemp(prefix="posture-"))
    try:
        path = folder / "import.zip"
        await _receive(request, path)

        def taken_in() -> ImportReceipt:
            return import_clients(records, path)

        receipt = await pools.paper(taken_in)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise ProblemError(
                507, "The disk is full. Free some space and try again.", key="disk_full"
            ) from error
        raise
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
    return ImportOut(
        clients=[client.id for client in receipt.clients],
        visits=receipt.visits,
        photos=receipt.photos,
    )


async def _export(
    records: Records, pools: Pools, name: str, client_ids: Collection[str] | None
) -> FileResponse:
    from posture.records.archive import export_clients

    folder = Path(tempfile.mkdtemp(prefix="posture-"))

    def removed() -> None:
        shutil.rmtree(folder, ignore_errors=True)

    try:
        path = folder / "export.zip"
        await pools.paper(lambda: export_clients(records, path, client_ids=client_ids))
    except BaseException:
        removed()
        raise
    return FileResponse(
        path,
        media_type="application/zip",
        filename=f"{name}-{date.today()}.zip",
        background=BackgroundTask(removed),
    )


async def _receive(request: Request, path: Path) -> None:
    """Write the archive that a request brings, as its body or in a form, to a file."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if kind == "application/zip":
        with path.open("wb") as stream:
            async for piece in request.stream():
                await asyncio.to_thread(stream.write, piece)
        return
    if kind != "multipart/form-data":
        raise ProblemError(415, "Expected an archive as application/zip or in a form.")
    async with request.form(max_files=1, max_fields=8) as form:
        upload: UploadFile | str | None = form.get("file")
        if upload is None or isinstance(upload, str):
            raise ProblemError(422, "Expected an archive in the field `file`, found none.")
        source = upload.file

        def copied() -> None:
            with path.open("wb") as stream:
                shutil.copyfileobj(source, stream)

        await asyncio.to_thread(copied)
