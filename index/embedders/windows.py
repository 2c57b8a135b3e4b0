"""Cut texts that are longer than a model's window, and average the vectors of the parts."""

from collections.abc import Iterable, Sequence

import numpy as np

from index.embedders import Vectors


def readable(text: str) -> str:
    """Return the text with `?` for what is no character: a surrogate without its other half."""
    return text.encode("utf-8", "replace").decode("utf-8")


def cut(text: str, offsets: Sequence[tuple[int, int]], size: int) -> list[tuple[str, int]]:
    """Cut a text after every `size` tokens, whose places are `offsets`; each part with its tokens' number."""
    size = max(1, size)
    parts = [offsets[start : start + size] for start in range(0, len(offsets), size)]
    return [(text[part[0][0] : part[-1][1]], len(part)) for part in parts]


def telling(text: str, offsets: Sequence[tuple[int, int]], start: int) -> list[int]:
    """Return which tokens, whose places are `offsets`, stand behind `start` and have a letter or a figure."""
    return [
        index
        for index, (begin, end) in enumerate(offsets)
        if any(character.isalnum() for character in text[max(begin, start) : end])
    ]


def averaged(count: int, weighted: Iterable[tuple[int, int, Vectors]], dimension: int) -> Vectors:
    """Return `count` rows of length 1, each the average of its windows: (row, weight, vector)."""
    vectors = np.zeros((count, dimension), np.float32)
    for row, weight, vector in weighted:
        vectors[row] += np.float32(weight) * vector
    return of_length_1(vectors)


def of_length_1(vectors: Vectors) -> Vectors:
    """Scale every row to length 1; a row of zeros stays as it is."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = vectors / np.maximum(lengths, np.finfo(np.float32).tiny)
    return unit
