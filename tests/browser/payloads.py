"""Three hundred texts that would run a script where they became markup, an address or code.

Each calls `hit(n)` with its number; a page that defines it can tell which one ran.
"""

from __future__ import annotations

TAGS = (
    "<script>{js}</script>",
    "<img src=x onerror={js}>",
    "<svg onload={js}>",
    "<svg><script>{js}</script></svg>",
    "<body onload={js}>",
    "<iframe srcdoc='<script>parent.{js}</script>'></iframe>",
    "<iframe src=javascript:parent.{js}></iframe>",
    "<details open ontoggle={js}>x</details>",
    "<video><source onerror={js}></video>",
    "<audio src=x onerror={js}></audio>",
    "<input autofocus onfocus={js}>",
    "<select autofocus onfocus={js}></select>",
    "<textarea autofocus onfocus={js}></textarea>",
    "<a href=javascript:{js} id=x>x</a>",
    "<object data=javascript:{js}></object>",
    "<embed src=javascript:{js}>",
    "<form action=javascript:{js}><button>x</button></form>",
    "<math><mtext><img src=x onerror={js}></mtext></math>",
    "<marquee onstart={js}>x</marquee>",
    "<style onload={js}></style>",
    "<link rel=stylesheet href=x onerror={js}>",
    "<meta http-equiv=refresh content='0;url=javascript:{js}'>",
    "<template><script>{js}</script></template><img src=x onerror={js}>",
    "<svg><animate onbegin={js} attributeName=x dur=1s></svg>",
    "<noscript><p title='</noscript><img src=x onerror={js}>'></noscript>",
)
WRAPS = (
    "{tag}",
    '">{tag}',
    "'>{tag}",
    "</p></title></textarea></style>{tag}",
    "--></script>{tag}",
    "<!--<img src='-->{tag}'>",
    "]]>{tag}",
    "計画{tag}の施策",
    "{{{{constructor.constructor('{js}')()}}}}${{{js}}}{tag}",
    "&lt;{tag}&gt;",
    "<p>{tag}</p><b>太字</b>",
    "\u202e{tag}\u200b",
)
PAYLOADS = tuple(
    wrap.format(tag=tag.format(js=f"hit({number})"), js=f"hit({number})")
    for number, (wrap, tag) in enumerate((wrap, tag) for wrap in WRAPS for tag in TAGS)
)
RECORD = "window.ran = []; window.hit = (n) => ran.push(n); window.alert = window.hit;"
"""A script that is run before a page's own: it notes which payload ran."""
