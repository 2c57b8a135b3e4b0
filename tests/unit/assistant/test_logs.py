"""What is logged is one line an event, and holds no personal data however it came there."""

from __future__ import annotations

import json
import logging

import pytest
import structlog

from assistant.logs import configure, mask_values

PERSONAL = "090-1234-5678 taro@example.com １２３４　５６７８　９０１２"
PARTS = ("5678", "taro", "５６７８")


def test_an_event_is_one_line_of_json_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    configure("json")
    structlog.get_logger("plan-assistant").info("turn", status="answered", characters=12, text="計画\n期間")
    out, err = capsys.readouterr()
    assert out == ""
    [line] = err.splitlines()
    event = json.loads(line)
    assert (event["event"], event["status"], event["characters"], event["level"]) == (
        "turn",
        "answered",
        12,
        "info",
    )
    assert event["timestamp"].endswith("Z")
    assert "期間" in line


@pytest.mark.parametrize("form", ["json", "text"])
def test_personal_data_in_a_value_or_a_traceback_is_masked(
    form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(form)  # type: ignore[arg-type]
    log = structlog.get_logger("plan-assistant")
    log.warning(f"about {PERSONAL}", value=PERSONAL)
    try:
        raise ValueError(PERSONAL)
    except ValueError as error:
        log.error("unexpected", exc_info=error)
    err = capsys.readouterr().err
    assert "ValueError" in err
    assert not any(part in err for part in PARTS)


def test_what_a_library_logs_is_masked_too(capsys: pytest.CaptureFixture[str]) -> None:
    configure("json")
    try:
        raise ValueError(PERSONAL)
    except ValueError:
        logging.getLogger("some.library").exception("failed for %s", PERSONAL)
    err = capsys.readouterr().err
    assert "ValueError" in err and "[phone]" in err
    assert not any(part in err for part in PARTS)


def test_quiet_leaves_out_what_is_no_warning(capsys: pytest.CaptureFixture[str]) -> None:
    configure("text", quiet=True)
    structlog.get_logger("plan-assistant").info("turn")
    logging.getLogger("chromadb").info("chatter")
    assert capsys.readouterr().err == ""


def test_ids_and_times_are_left_as_they_are() -> None:
    event = {"timestamp": "2026-04-01T00:00:00.000001Z", "message_id": "0901234567890", "n": 5}
    assert mask_values(None, "info", dict(event)) == event
