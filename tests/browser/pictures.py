"""Pictures for documents: small palette PNGs, a folder of them taken anew at once."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import FLAGS, chromium

HAS_JAPANESE = """() => {
  const drawn = (letter) => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 40, height: 40 });
    const context = canvas.getContext('2d');
    context.font = '32px sans-serif';
    context.fillText(letter, 4, 34);
    return canvas.toDataURL();
  };
  return drawn('市') !== drawn('計');
}"""


@dataclass(frozen=True, slots=True)
class Album:
    """A folder of pictures: the share of their size that is kept, colours, the most bytes in all."""

    folder: Path
    share: float
    colours: int
    most_bytes: int

    @contextmanager
    def anew(self) -> Iterator[Browser]:
        """Give a browser to take every picture with; end with 1 where together they are too large.

        A machine without a Japanese font draws boxes: there nothing is taken and what is there stays.
        """
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
            if not browser.new_page().evaluate(HAS_JAPANESE):
                sys.exit(
                    "There is no Japanese font: install one (fonts-noto-cjk) and take the pictures again."
                )
            self.folder.mkdir(parents=True, exist_ok=True)
            for old in self.folder.glob("*.png"):
                old.unlink()
            yield browser
            browser.close()
        taken = [path.stat().st_size for path in self.folder.glob("*.png")]
        print(f"{self.folder}: {len(taken)} pictures, {sum(taken):,} bytes")
        sys.exit(1 if sum(taken) > self.most_bytes else 0)

    def keep(self, page: Page, name: str, *, whole: bool = False) -> None:
        """Write what the view shows, or the whole page."""
        picture = Image.open(io.BytesIO(page.screenshot(full_page=whole))).convert("RGB")
        size = (round(picture.width * self.share), round(picture.height * self.share))
        small = picture.resize(size, Image.Resampling.LANCZOS)
        small.quantize(self.colours, dither=Image.Dither.NONE).save(
            self.folder / f"{name}.png", optimize=True
        )
