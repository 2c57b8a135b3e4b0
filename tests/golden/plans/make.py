"""Made plans of cities that do not exist, each laid out in another way; writes their documents to a folder.

`python tests/golden/plans/make.py FOLDER` writes one folder a plan: its document and `expected.toml`, the
records that a person reads in it. What is text is kept as text beside this file; the others are made here.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from types import ModuleType

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import made_asagiri  # noqa: E402
import made_docx  # noqa: E402
import made_hamanasu  # noqa: E402
import made_kazakoshi  # noqa: E402
import made_kit  # noqa: E402
import made_kumoi  # noqa: E402
import made_nakahara  # noqa: E402
import made_naruse  # noqa: E402
import made_pdf  # noqa: E402
import made_sakuranobe  # noqa: E402
import made_shiomi  # noqa: E402
import made_tsukumo  # noqa: E402
import made_xlsx  # noqa: E402

MADE = {
    "hoshino": ("plan.docx", made_docx.write),
    "minato": ("plan.xlsx", made_xlsx.write),
    "sena": ("plan.pdf", made_pdf.write),
}
# Plans whose makers know what is to be read in them.
KNOWN = {
    "asagiri": made_asagiri,
    "hamanasu": made_hamanasu,
    "kazakoshi": made_kazakoshi,
    "kumoi": made_kumoi,
    "nakahara": made_nakahara,
    "naruse": made_naruse,
    "sakuranobe": made_sakuranobe,
    "shiomi": made_shiomi,
    "tsukumo": made_tsukumo,
}
# Texts that are not UTF-8.
ENCODINGS = {"tani": "cp932"}


def make(folder: Path) -> tuple[Path, ...]:
    """Write every plan below the folder and return the plans' folders in order."""
    plans = []
    for source in sorted(path.parent for path in HERE.glob("*/expected.toml")):
        home = folder / source.name
        home.mkdir(parents=True, exist_ok=True)
        for file in source.iterdir():
            shutil.copyfile(file, home / file.name)
        if source.name in MADE:
            name, write = MADE[source.name]
            write(home / name)
        if source.name in ENCODINGS:
            text = home / "plan.txt"
            text.write_bytes(text.read_text("utf-8").encode(ENCODINGS[source.name]))
        plans.append(home)
    plans += [_known(folder / name, maker) for name, maker in KNOWN.items()]
    return tuple(sorted(plans))


def _known(home: Path, maker: ModuleType) -> Path:
    home.mkdir(parents=True, exist_ok=True)
    maker.write(home / maker.PLAN.document)
    made_kit.write_expected(maker.PLAN, home / "expected.toml")
    return home


if __name__ == "__main__":
    make(Path(sys.argv[1]))
