"""Word: what Word shows and prints is read; what it hides is not."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Pt, RGBColor
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import Document
from corpus.errors import DocumentError
from corpus.readers.docx import read


def saved(build: Callable[[Any], None]) -> bytes:
    document = docx.Document()
    build(document)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def made(build: Callable[[Any], None]) -> Document:
    return read("doc", "plan.docx", saved(build))


def test_headings_have_their_level_and_paragraphs_are_set_apart() -> None:
    def build(d: Any) -> None:
        d.add_heading("第1章 計画", 1)
        d.add_paragraph("本文です。")
        d.add_heading("目標", 2)

    document = made(build)
    assert document.text == "第1章 計画\n\n本文です。\n\n目標\n"
    assert [(m.of(document.text), m.level) for m in document.heading_marks] == [
        ("第1章 計画", 1),
        ("目標", 2),
    ]


def test_an_outline_level_of_its_own_makes_a_heading() -> None:
    def build(d: Any) -> None:
        p = d.add_paragraph("大きな柱")
        p._p.get_or_add_pPr().append(parse_xml(f'<w:outlineLvl {nsdecls("w")} w:val="2"/>'))

    assert [m.level for m in made(build).heading_marks] == [3]


def test_bullets_and_numbers_are_printed_as_word_prints_them() -> None:
    def build(d: Any) -> None:
        d.add_paragraph("窓口", style="List Bullet")
        d.add_paragraph("一番", style="List Number")
        d.add_paragraph("二番", style="List Number")

    assert made(build).text == "- 窓口\n- 1. 一番\n- 2. 二番\n"


def test_merged_cells_are_printed_once_and_their_spans_are_known() -> None:
    def build(d: Any) -> None:
        t = d.add_table(3, 3)
        t.cell(0, 0).merge(t.cell(1, 0)).text = "指標"
        t.cell(0, 1).merge(t.cell(0, 2)).text = "値"
        t.cell(1, 1).text, t.cell(1, 2).text, t.cell(2, 0).text, t.cell(2, 1).text = (
            "基準",
            "目標",
            "申請\n率",
            "12%",
        )

    document = made(build)
    assert document.text == "指標\t値\t\n\t基準\t目標\n申請 率\t12%\t\n"
    cells = {
        (c.row, c.column): (c.of(document.text), c.row_span, c.column_span) for c in document.grids[0].cells
    }
    assert cells[0, 0] == ("指標", 2, 1) and cells[0, 1] == ("値", 1, 2) and cells[2, 2] == ("", 1, 1)
    assert (1, 0) not in cells and (0, 2) not in cells


def test_deleted_text_is_left_out_and_inserted_text_is_kept() -> None:
    def build(d: Any) -> None:
        p = d.add_paragraph("目標は")
        run = "<w:r><w:{tag} xml:space='preserve'>{text}</w:{tag}></w:r>"
        p._p.append(parse_xml(f"<w:del {nsdecls('w')}>{run.format(tag='delText', text='50%')}</w:del>"))
        p._p.append(parse_xml(f"<w:ins {nsdecls('w')}>{run.format(tag='t', text='63%')}</w:ins>"))

    document = made(build)
    assert document.text == "目標は63%\n"
    assert "deleted" in document.notes[0]


@pytest.mark.parametrize("how", ["vanish", "white", "tiny"])
def test_hidden_text_is_held_back_with_a_note(how: str) -> None:
    def build(d: Any) -> None:
        run = d.add_paragraph("見える").add_run("秘密")
        run.font.hidden = True if how == "vanish" else None
        run.font.size = Pt(1) if how == "tiny" else None
        if how == "white":
            run.font.color.rgb = RGBColor(255, 255, 255)

    document = made(build)
    assert document.text == "見える\n"
    assert document.notes == ("hidden text was held back",)


def test_a_text_box_is_read_once_after_its_paragraph() -> None:
    box = (
        '<w:r {ns}><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        "<mc:Choice Requires='wps'><w:txbxContent>{p}</w:txbxContent></mc:Choice>"
        "<mc:Fallback><w:txbxContent>{p}</w:txbxContent></mc:Fallback></mc:AlternateContent></w:r>"
    )

    def build(d: Any) -> None:
        xml = box.format(ns=nsdecls("w"), p="<w:p><w:r><w:t>箱の中</w:t></w:r></w:p>")
        d.add_paragraph("外")._p.append(parse_xml(xml))

    assert made(build).text == "外\n\n箱の中\n"


def changed(name: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return a Word file with one part changed."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(saved(lambda d: d.add_paragraph("x")))) as old,
        zipfile.ZipFile(file, "w") as new,
    ):
        for part in old.namelist():
            new.writestr(
                part, change(old.read(part)) if part == name else old.read(part), zipfile.ZIP_DEFLATED
            )
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"PK\x03\x04", "cut off"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "encrypted, or of the format before"),
        (changed("word/document.xml", lambda b: b"\0" * 30_000_000), "bomb"),
        (changed("word/document.xml", lambda b: b[:-20]), "line"),
        (changed("word/document.xml", lambda b: b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"), "entities"),
        (changed("word/document.xml", lambda b: b"<x>" * 300 + b"</x>" * 300), "deep"),
        (saved(lambda d: None), "no text"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_cannot_be_read_is_refused_in_one_line(data: bytes, said: str) -> None:
    with pytest.raises(DocumentError, match=rf"^plan\.docx: .*{said}"):
        read("doc", "plan.docx", data)


HONEST = saved(lambda d: (d.add_heading("あ", 1), d.add_paragraph("い"), d.add_table(2, 2)))
with zipfile.ZipFile(io.BytesIO(HONEST)) as archive:
    XML = archive.read("word/document.xml")


@given(at=st.integers(0, len(XML) - 1), put=st.binary(max_size=6), lost=st.integers(0, 40))
def test_damage_is_read_or_refused(at, put, lost, survives, keeps_the_contract) -> None:  # type: ignore[no-untyped-def]
    data = changed("word/document.xml", lambda _: XML[:at] + put + XML[at + lost :])
    survives(read, data, keeps_the_contract)
