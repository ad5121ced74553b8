"""The files of the built page, compressed once and cached."""

import asyncio
import gzip
from pathlib import Path

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

TEXTS = (".js", ".css", ".svg")
"""Fonts and pictures are compressed already."""
OF_THE_FILE = ("accept-ranges", "content-length", "etag")
"""Headers that are not valid for the compressed form."""


class Assets(StaticFiles):
    """Files whose names contain a hash of their content, so that they never change."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory=directory, check_dir=False)
        self._packed: dict[str, bytes] = {}

    async def check_config(self) -> None:
        """Raises: HTTPException, 404, where the page is not built."""
        if self.directory is None or not Path(self.directory).is_dir():
            raise HTTPException(404)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file; a text is compressed if the client accepts that."""
        response = await super().get_response(path, scope)
        response.headers["cache-control"] = "public, max-age=31536000, immutable"
        if not path.endswith(TEXTS):
            return response
        response.headers["vary"] = "accept-encoding"
        if not isinstance(response, FileResponse) or not _takes_gzip(scope):
            return response
        if path not in self._packed:
            self._packed[path] = await asyncio.to_thread(_packed, Path(response.path))
        kept = {name: value for name, value in response.headers.items() if name not in OF_THE_FILE}
        return Response(self._packed[path], headers=kept | {"content-encoding": "gzip"})


def _takes_gzip(scope: Scope) -> bool:
    offered = Headers(scope=scope).get("accept-encoding", "")
    return any(one.strip().lower() == "gzip" for one in offered.split(","))


def _packed(file: Path) -> bytes:
    return gzip.compress(file.read_bytes(), mtime=0)
