"""What a command does not need is not read: the shell answers sooner."""

from __future__ import annotations

import subprocess
import sys

LARGE = ("openai", "langchain_core", "langchain_openai", "mcp", "torch", "sentence_transformers", "ray")


def test_large_libraries_are_read_only_where_they_are_used() -> None:
    code = f"import sys; import assistant.channels.cli.ask; print([n for n in {LARGE!r} if n in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert told.stdout.strip() == "[]"
