"""The plots of the report as SVG, each with a text that says the same and the numbers it is drawn from.

Drawn 360 units wide, a phone's width, so that the lettering stays legible there; colours come from the style
sheet by class, because the report's policy allows no style attributes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

from markupsafe import Markup

from evals.report.figures import NO_FIGURE, Figures, printed, printed_interval
from evals.report.names import Names
from evals.report.rows import Result

WIDTH = 360
BINS = 10
LATENCY_BARS = 20
Z95 = 1.959964


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawing, the text that stands for it, and its data as a table whose first column names the row."""

    id: str
    title: str
    text: str
    svg: Markup
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """The area that data is drawn in, in units of the drawing, and the largest value of each axis."""

    left: float
    top: float
    width: float
    height: float
    x_max: float = 1
    y_max: float = 1

    def x(self, value: float) -> float:
        """Return where a value of the horizontal axis is drawn."""
        return self.left + self.width * value / self.x_max

    def y(self, value: float) -> float:
        """Return where a value of the vertical axis is drawn."""
        return self.top + self.height * (1 - value / self.y_max)


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions of like probability: how many, their mean probability, and how many are answerable."""

    low: float
    n: int
    mean: float
    answerable: int

    @property
    def share(self) -> float:
        """Return the share that is answerable."""
        return self.answerable / self.n


def plots_of(figures: Figures, results: Sequence[Result], names: Names) -> tuple[Plot, ...]:
    """Return the plots that there is data for."""
    drawn = (correct_by_kind(figures, names), reliability(results), latency(figures, results))
    return tuple(plot for plot in drawn if plot)


def wilson(successes: int, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a share of n > 0 (Wilson, JASA 22, 1927, 209-212)."""
    share, squared = successes / n, Z95**2 / n
    middle = (share + squared / 2) / (1 + squared)
    half = Z95 * math.sqrt(share * (1 - share) / n + squared / (4 * n)) / (1 + squared)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def probability_bins(pairs: Iterable[tuple[float, bool]]) -> tuple[Bin, ...]:
    """Return the bins of equal width that hold something; a pair is a probability and the truth."""
    held: dict[int, list[tuple[float, bool]]] = {}
    for probability, truth in pairs:
        held.setdefault(min(int(probability * BINS), BINS - 1), []).append((probability, truth))
    return tuple(
        Bin(k / BINS, len(h), sum(p for p, _ in h) / len(h), sum(t for _, t in h))
        for k, h in sorted(held.items())
    )


def reliability(results: Iterable[Result]) -> Plot | None:
    """Draw how often a question that was judged answerable with a probability is (reliability diagram)."""
    pairs = [
        (r.judgement.probability, r.question.answerable)
        for r in results
        if r.judgement and r.judgement.probability is not None and r.question.answerable is not None
    ]
    pairs = [(p, truth) for p, truth in pairs if 0 <= p <= 1]
    if not pairs:
        return None
    bins = probability_bins(pairs)
    error = sum(b.n * abs(b.share - b.mean) for b in bins) / len(pairs)
    text = (
        f"横は「計画に答えがある」と見込んだ確率、縦は実際に答えがあった質問の割合。点が対角線に近いほど見込みが正しい。"
        f"{len(pairs):,}問で、見込みと実際の差は平均{100 * error:.1f}ポイント（期待較正誤差 ECE）。"
    )
    return Plot(
        "reliability",
        "「計画に答えがあるか」の見込みの正しさ",
        text,
        _draw_reliability(bins),
        ("見込んだ確率", "質問", "確率の平均", "答えがあった割合", "95%区間"),
        tuple(
            (
                f"{b.low:.1f}〜{b.low + 1 / BINS:.1f}",
                f"{b.n:,}",
                f"{b.mean:.2f}",
                printed(b.share, "share"),
                printed_interval(wilson(b.answerable, b.n), "share"),
            )
            for b in bins
        ),
    )


def _draw_reliability(bins: Sequence[Bin]) -> Markup:
    frame = Frame(left=44, top=12, width=300, height=260)
    svg = _svg("reliability", 316)
    for tick in (0, 0.25, 0.5, 0.75, 1):
        _grid_line(svg, frame, tick, f"{100 * tick:.0f}%")
        _text(svg, frame.x(tick), frame.top + frame.height + 16, f"{tick:g}", "middle")
    _line(svg, frame.x(0), frame.y(0), frame.x(1), frame.y(1), "ideal")
    _text(svg, frame.left + frame.width / 2, frame.top + frame.height + 36, "見込んだ確率", "middle")
    points = " ".join(f"{frame.x(b.mean):.1f},{frame.y(b.share):.1f}" for b in bins)
    ElementTree.SubElement(svg, "polyline", {"points": points, "class": "trend"})
    most = max(b.n for b in bins)
    for b in bins:
        low, high = wilson(b.answerable, b.n)
        x = frame.x(b.mean)
        _line(svg, x, frame.y(low), x, frame.y(high), "whisker")
        place = {
            "cx": f"{x:.1f}",
            "cy": f"{frame.y(b.share):.1f}",
            "r": f"{3 + 5 * math.sqrt(b.n / most):.1f}",
        }
        ElementTree.SubElement(svg, "circle", {**place, "class": "point"})
    return _markup(svg)


def latency(figures: Figures, results: Iterable[Result]) -> Plot | None:
    """Draw how many questions took how long; the last bar holds all that took longer, a hundredth at most."""
    known = (r.latency_ms for r in results if r.latency_ms is not None)
    times = sorted(time for time in known if 0 <= time < math.inf)
    if not times:
        return None
    step = nice_step(times[(len(times) - 1) * 99 // 100] / LATENCY_BARS)
    counts = [0] * (LATENCY_BARS + 1)
    for time in times:
        counts[min(int(time / step), LATENCY_BARS)] += 1
    percentiles = ((name, figures.value(f"latency_ms.{name}")) for name in ("p50", "p95"))
    marks = [(name, value) for name, value in percentiles if value is not None]
    text = f"横は応答時間（ミリ秒）、縦は質問の数。{len(times):,}問で、"
    text += "".join(f"{name} は {printed(value, 'ms')}、" for name, value in marks)
    text += f"最も遅かったのは {printed(times[-1], 'ms')}。"
    labels = [f"{k * step:g}〜{(k + 1) * step:g} ms" for k in range(LATENCY_BARS)]
    labels.append(f"{LATENCY_BARS * step:g} ms 以上")
    rows = tuple((label, f"{n:,}") for label, n in zip(labels, counts, strict=True) if n)
    svg = _draw_latency(counts, step, marks)
    return Plot("latency", "応答時間の分布", text, svg, ("応答時間", "質問"), rows)


def nice_step(least: float) -> float:
    """Return the smallest of 1, 2 and 5 times a power of ten that is not below a number."""
    if least <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(least))
    return next((m * power for m in (1, 2, 5) if m * power >= least), 10 * power)


def _draw_latency(counts: Sequence[int], step: float, marks: Sequence[tuple[str, float]]) -> Markup:
    most = nice_step(max(counts) / 4) * 4
    frame = Frame(left=44, top=34, width=304, height=200, x_max=step * len(counts), y_max=most)
    svg = _svg("latency", 276)
    for k in range(5):
        _grid_line(svg, frame, most * k / 4, f"{most * k / 4:,.4g}" if most >= 4 or not k % 4 else "")
    for k in range(0, LATENCY_BARS + 1, 5):
        suffix = "+" if k == LATENCY_BARS else ""
        _text(svg, frame.x(k * step), frame.top + frame.height + 16, f"{k * step:,g}{suffix}", "middle")
    _text(svg, frame.left + frame.width / 2, frame.top + frame.height + 36, "応答時間（ミリ秒）", "middle")
    for k, n in enumerate(counts):
        top = frame.y(n)
        _rect(svg, frame.x(k * step) + 1, top, frame.width / len(counts) - 2, frame.y(0) - top, "bar")
    for row, (name, value) in enumerate(marks):
        x = frame.x(min(value, frame.x_max))
        _line(svg, x, frame.top - 6, x, frame.y(0), f"mark {name}")
        anchor, gap = ("end", -4) if x > WIDTH * 0.7 else ("start", 4)
        _text(svg, x + gap, 12 + 16 * row, f"{name} {printed(value, 'ms')}", anchor)
    return _markup(svg)


def correct_by_kind(figures: Figures, names: Names) -> Plot | None:
    """Draw the share that is correct for each kind of question, the worst on top."""
    kinds = {kind: f for kind, f in figures.slices("kind").items() if f.value("correct") is not None}
    if not kinds:
        return None
    shares = {kind: f.value("correct") or 0.0 for kind, f in kinds.items()}
    order = sorted(shares, key=lambda kind: shares[kind])
    (worst, low), (best, high) = (
        (names.of("kind", k), printed(shares[k], "share")) for k in (order[0], order[-1])
    )
    text = f"棒は正解率、細い線は95%区間。{len(order)}種類のうち、最も低いのは「{worst}」の{low}、"
    text += f"最も高いのは「{best}」の{high}。"
    intervals = {kind: kinds[kind].interval("correct") for kind in order}
    bars = [(names.of("kind", kind), shares[kind], intervals[kind]) for kind in order]
    rows = tuple(
        (
            label,
            _count(kinds[kind].value("n")),
            printed(share, "share"),
            printed_interval(interval, "share") or NO_FIGURE,
        )
        for kind, (label, share, interval) in zip(order, bars, strict=True)
    )
    columns = ("質問の種類", "質問", "正解率", "95%区間")
    return Plot(
        "correct-by-kind",
        "質問の種類ごとの正解率",
        text,
        _draw_shares("correct-by-kind", bars),
        columns,
        rows,
    )


def _draw_shares(plot: str, bars: Sequence[tuple[str, float, tuple[float, float] | None]]) -> Markup:
    row, label_width = 24, 118
    frame = Frame(left=label_width, top=4, width=186, height=row * len(bars))
    svg = _svg(plot, frame.height + 28)
    for tick in (0, 0.5, 1):
        _line(svg, frame.x(tick), frame.top, frame.x(tick), frame.top + frame.height, "grid")
        _text(svg, frame.x(tick), frame.top + frame.height + 16, f"{100 * tick:.0f}%", "middle")
    for k, (label, share, interval) in enumerate(bars):
        middle = frame.top + row * (k + 0.5)
        _text(svg, label_width - 6, middle + 4, _shortened(label), "end")
        _rect(svg, frame.left, middle - 7, frame.width * share, 14, "bar")
        if interval:
            _line(svg, frame.x(interval[0]), middle, frame.x(interval[1]), middle, "whisker")
        _text(svg, WIDTH - 2, middle + 4, printed(share, "share"), "end")
    return _markup(svg)


def _shortened(label: str, most: int = 9) -> str:
    """Return a label that fits beside a bar, a narrow character counting half."""
    width = 0.0
    for k, character in enumerate(label):
        width += 0.55 if character.isascii() else 1
        if width > most:
            return label[: max(k - 1, 0)] + "…"
    return label


def _count(n: float | None) -> str:
    return NO_FIGURE if n is None else f"{n:,.0f}"


def _svg(plot: str, height: float) -> ElementTree.Element:
    """Return an empty drawing that goes by the title and the text that the page prints with it."""
    return ElementTree.Element(
        "svg",
        {
            "viewBox": f"0 0 {WIDTH} {height:g}",
            "role": "img",
            "aria-labelledby": f"{plot}-title",
            "aria-describedby": f"{plot}-text",
        },
    )


def _grid_line(svg: ElementTree.Element, frame: Frame, value: float, label: str) -> None:
    y = frame.y(value)
    _line(svg, frame.left, y, frame.left + frame.width, y, "grid")
    _text(svg, frame.left - 6, y + 4, label, "end")


def _line(svg: ElementTree.Element, x1: float, y1: float, x2: float, y2: float, style: str) -> None:
    ends = {"x1": f"{x1:.1f}", "y1": f"{y1:.1f}", "x2": f"{x2:.1f}", "y2": f"{y2:.1f}"}
    ElementTree.SubElement(svg, "line", {**ends, "class": style})


def _rect(svg: ElementTree.Element, x: float, y: float, width: float, height: float, style: str) -> None:
    size = {
        "x": f"{x:.1f}",
        "y": f"{y:.1f}",
        "width": f"{max(width, 0):.1f}",
        "height": f"{max(height, 0):.1f}",
    }
    ElementTree.SubElement(svg, "rect", {**size, "class": style})


def _text(svg: ElementTree.Element, x: float, y: float, words: str, anchor: str = "start") -> None:
    text = ElementTree.SubElement(svg, "text", {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor})
    text.text = words


def _markup(svg: ElementTree.Element) -> Markup:
    """Return the drawing for the page; the serialiser escapes what is in it."""
    return Markup(ElementTree.tostring(svg, encoding="unicode"))
