"""An answer's record as it is shown, and beside what is answered now."""

from __future__ import annotations

from typing import Any

from assistant.service import Service
from assistant.state.audit import AnswerRecord


def explained(record: AnswerRecord, erased: str | None) -> dict[str, Any]:
    """Return what is kept of an answer; `erased` is when it was emptied, None where it was not."""
    shown = record.model_dump(mode="json")
    return shown | ({"erased": erased} if erased else {})


def replayed(record: AnswerRecord, service: Service) -> dict[str, Any]:
    """Return what is answered now, and whether that is the same with the same sources."""
    now = (service.for_staff if record.audience == "staff" else service).replay(record)
    cited = [c.model_dump(include={"document_id", "start", "end"}) for c in now.citations]
    same = (now.status, now.answer, cited) == (record.status, record.answer, record.citations)
    return {
        "replay": {
            "same": same,
            "status": now.status,
            "answer": now.answer,
            "citations": cited,
            "snapshot": service.manifest.name,
        }
    }
