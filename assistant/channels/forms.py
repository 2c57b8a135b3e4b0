"""What a page's form sends."""

from __future__ import annotations

from urllib.parse import parse_qs

from fastapi import Request

FORM = "application/x-www-form-urlencoded"


def is_form(request: Request) -> bool:
    """Tell whether what is sent says that it is a form."""
    return request.headers.get("content-type", "").split(";")[0].strip().lower() == FORM


async def fields_of(request: Request, most: int) -> dict[str, str] | None:
    """Return the fields of the form that is sent, of each the first; None for more of them than `most`."""
    text = (await request.body()).decode("utf-8", "replace")
    try:
        found = parse_qs(text, keep_blank_values=True, max_num_fields=most)
    except ValueError:
        return None
    return {name: values[0] for name, values in found.items()}
