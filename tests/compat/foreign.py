"""Runs a program of the environment of `make compat`, with node or its own Python."""

import asyncio
from pathlib import Path

from e2e.test_foreign_client import node

HERE = Path(__file__).parent
PYTHON = HERE / ".venv" / "bin" / "python"
WAIT_SEC = 120


async def run_foreign(script: Path, *arguments: str, stdin: bytes = b"") -> tuple[int, str, str]:
    """Exit status, stdout and stderr of a .py or .mjs file; raises TimeoutError after 2 minutes."""
    program = node() if script.suffix == ".mjs" else str(PYTHON)
    process = await asyncio.create_subprocess_exec(
        program,
        str(script),
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(WAIT_SEC):
            out, err = await process.communicate(stdin)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode or 0, out.decode(), err.decode()
