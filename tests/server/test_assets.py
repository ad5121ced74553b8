"""Files of the built page: packed for clients that take that, as they are for others."""

import gzip
from pathlib import Path

import pytest
from starlette.responses import FileResponse, Response

from deskcal.http.assets import Assets

SCRIPT = b"export const answer = 42;\n" * 200


@pytest.fixture
def assets(tmp_path: Path) -> Assets:
    (tmp_path / "index-abc.js").write_bytes(SCRIPT)
    (tmp_path / "inter-abc.woff2").write_bytes(b"font")
    return Assets(tmp_path)


async def get(assets: Assets, path: str, **headers: str) -> Response:
    sent = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return await assets.get_response(path, {"type": "http", "method": "GET", "headers": sent})


@pytest.mark.parametrize("offered", ["gzip", "gzip, deflate, br, zstd", "br, GZIP"])
async def test_a_script_is_compressed_for_clients_that_accept_it(
    assets: Assets, offered: str
) -> None:
    for _ in range(2):
        found = await get(assets, "index-abc.js", accept_encoding=offered)
        assert found.headers["content-encoding"] == "gzip"
        assert int(found.headers["content-length"]) == len(found.body) < len(SCRIPT)
        assert gzip.decompress(bytes(found.body)) == SCRIPT
        assert found.headers["content-type"].startswith("text/javascript")
        assert found.headers["vary"] == "accept-encoding"
        assert "immutable" in found.headers["cache-control"]
        assert "etag" not in found.headers


@pytest.mark.parametrize("offered", ["", "identity", "br", "gzip;q=0"])
async def test_for_everybody_else_it_is_as_it_is(assets: Assets, offered: str) -> None:
    found = await get(assets, "index-abc.js", accept_encoding=offered)
    assert isinstance(found, FileResponse)
    assert "content-encoding" not in found.headers
    assert found.headers["content-length"] == str(len(SCRIPT))
    assert found.headers["vary"] == "accept-encoding"


async def test_a_font_is_never_packed_again(assets: Assets) -> None:
    found = await get(assets, "inter-abc.woff2", accept_encoding="gzip")
    assert isinstance(found, FileResponse)
    assert "vary" not in found.headers


async def test_a_client_that_has_it_gets_304(assets: Assets) -> None:
    first = await get(assets, "index-abc.js")
    again = await get(
        assets, "index-abc.js", if_none_match=first.headers["etag"], accept_encoding="gzip"
    )
    assert again.status_code == 304
