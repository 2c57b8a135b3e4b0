"""Files that outlive a crash: what is written is on the disk, with the entries of its folders."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """Make a folder's entries durable."""
    if os.name == "nt":  # Windows cannot open a folder, and needs no fsync of one
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """Make every file below a folder durable, and the entries of every folder."""
    for path in folder.rglob("*"):
        if path.is_dir():
            sync_folder(path)
        else:
            with path.open("rb") as file:
                os.fsync(file.fileno())
    sync_folder(folder)


def replace_text(path: Path, text: str) -> None:
    """Replace a file's content, or make it, so that a reader sees the old or the new and never a part."""
    pending = path.with_name(f".{path.name}.{os.getpid()}")
    with pending.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(pending, path)
    sync_folder(path.parent)


def write_json(path: Path, value: object) -> None:
    """Write a JSON document and make it durable."""
    with path.open("w", encoding="utf-8") as file:
        json.dump(value, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())


def file_checksum(path: Path) -> str:
    """Return the SHA-256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
