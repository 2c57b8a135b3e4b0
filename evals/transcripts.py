"""Transcripts: hold the conversations of sets/transcripts.toml, and write them to be read.

    python -m evals.transcripts [FILE]

Written to docs/transcripts.md unless another file is named.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from assistant.messages import Answer, Question
from assistant.service import Service
from assistant.wiring import build_service
from evals.wiring import settings_of
from index.embedders import ModelUnavailable
from index.errors import IndexUnavailable

ROOT = Path(__file__).resolve().parents[1]
CONVERSATIONS = ROOT / "evals" / "sets" / "transcripts.toml"
WRITTEN = ROOT / "docs" / "transcripts.md"
HEAD = """# Transcripts

Conversations with the two shipped plans, as the service answers them without a language model. Written by
`python -m evals.transcripts` from `evals/sets/transcripts.toml`; to be read before a release.
The marks [1] are the citations, which the widget opens as cards.
"""


def held(service: Service, conversation: dict[str, Any]) -> Iterator[tuple[str, Answer]]:
    """Yield each turn of a conversation with its answer."""
    identity: str | None = None
    for said in conversation["turns"]:
        asked = Question(
            question=said, municipality=conversation.get("municipality"), conversation_id=identity
        )
        answer = service.answer(asked)
        identity = answer.conversation_id
        yield said, answer


def written(service: Service, conversations: Sequence[dict[str, Any]]) -> str:
    """Return the conversations as a page of Markdown."""
    lines = [HEAD]
    for number, conversation in enumerate(conversations, 1):
        lines.append(f"## {number}. {conversation['title']}\n")
        for said, answer in held(service, conversation):
            told = [answer.answer, *(f"（{notice}）" for notice in answer.notices)]
            contact = answer.contact
            if contact and contact.phone:
                told.append(f"問い合わせ先: {contact.name} {'、'.join(contact.phone)}")
            lines += [f"**{said}**\n", *(f"> {line}" for line in "\n".join(told).split("\n")), ""]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the transcripts; return 2 for wrong input and 3 for what is missing."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.transcripts", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("file", type=Path, nargs="?", default=WRITTEN, metavar="FILE")
    path = parser.parse_args(arguments).file
    conversations = tomllib.loads(CONVERSATIONS.read_text("utf-8"))["conversation"]
    try:
        service = build_service(settings_of())
    except (IndexUnavailable, ModelUnavailable) as error:
        print(error, file=sys.stderr)
        return 3
    path.write_text(written(service, conversations), "utf-8")
    print(f"{len(conversations)} conversations: {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
