"""Which texts the check of contrast decides by itself, and that it finds the pale ones."""

from __future__ import annotations

import re

from playwright.sync_api import Page

from e2e.support import layout

PAGE = """<!doctype html><html lang="en"><title>Contrast</title><style>
body { margin: 0; background: #fff; color: #000; font: 16px/2 sans-serif }
p { margin: 0; position: relative }
.layer { position: absolute; inset: 0; background: rgb(255 255 255 / 80%) }
.drawn::before { content: ""; position: absolute; inset: 0; background: #fff }
.ground { background: #222; height: 32px; width: 200px }
.fallen { position: relative; top: 64px; color: #fff }
</style>"""
LEGIBLE = {
    "plain": '<p id="plain">Black on white</p>',
    "on a ground": '<p class="ground" id="on a ground" style="color: #fff">White on black</p>',
    "just enough": '<p id="just enough" style="color: #767676">4.54 to 1</p>',
    "large": '<p id="large" style="color: #949494; font-size: 24px">3.03 to 1, in 18 pt</p>',
    "bold": '<p id="bold" style="color: #949494; font: bold 19px serif">3.03 to 1, in 14 pt</p>',
    "field": '<input id="field" value="A field" style="background: #fff; border-color: #000">',
}
PALE = {
    "grey": '<p id="grey" style="color: #777">4.48 to 1</p>',
    "large and grey": '<p id="large and grey" style="color: #959595; font-size: 24px">2.99</p>',
    "nearly bold": '<p id="nearly bold" style="color: #949494; font: bold 18px serif">3.03</p>',
    "faint": '<p id="faint" style="opacity: 0.4">Through itself</p>',
    "within": '<p style="opacity: 0.4"><b id="within">Through what it is in</b></p>',
    "veiled": '<p style="color: rgb(0 0 0 / 40%)" id="veiled">In a colour that lets through</p>',
    "tinted": (
        '<p><b style="background: rgb(0 0 0 / 20%); color: #fff"'
        ' id="tinted">On a ground that lets through</b></p>'
    ),
    "pale field": '<input id="pale field" value="A field" style="background: #fff; color: #999">',
    "filled": '<p id="filled" style="-webkit-text-fill-color: #999">Filled with another</p>',
}
DOUBTFUL = {
    "over a picture": (
        '<p id="over a picture" style="background: linear-gradient(#fff, #ccc) #fff">A picture</p>'
    ),
    "behind a layer": '<p><b id="behind a layer">A layer</b><i class="layer"></i></p>',
    "behind what is drawn": '<p class="drawn" id="behind what is drawn">Drawn before it</p>',
    "out of its ground": (
        '<div class="ground"><p class="fallen" id="out of its ground">Fallen</p></div>'
    ),
    "blended": '<p id="blended" style="mix-blend-mode: difference">A blend</p>',
    "filtered": '<p id="filtered" style="filter: contrast(20%)">A filter</p>',
    "masked": '<p id="masked" style="mask-image: linear-gradient(#000, #0002)">A mask</p>',
    "shadowed": '<p id="shadowed" style="text-shadow: 0 0 1px #000">A shadow</p>',
    "outlined": '<p id="outlined" style="-webkit-text-stroke: 1px #ddd">An outline</p>',
    "beneath": '<p id="beneath" style="z-index: -1">Beneath its page</p>',
    "in a picture": '<svg width="99" height="32"><text y="20" id="in a picture">Drawn</text></svg>',
}
"""axe-core decides these, or says that it cannot."""


def test_only_plainly_legible_texts_are_not_left_to_axe_core(page: Page) -> None:
    page.goto("about:blank")  # the shop's policy would not let the styles pass
    page.set_content(PAGE + "\n".join([*LEGIBLE.values(), *PALE.values(), *DOUBTFUL.values()]))
    faults = layout.pale(page)

    assert page.evaluate("window.doubtful.map(({ id }) => id)") == [*PALE, *DOUBTFUL]
    pale = [page.locator(f'[id="{name}"]') for name in PALE]
    texts = [
        element.input_value() if "field" in name else element.inner_text()
        for name, element in zip(PALE, pale, strict=True)
    ]
    reported = [re.findall("“(.*?)”", fault)[0] for fault in faults if fault.startswith("light")]
    assert sorted(text for text in reported if text in texts) == sorted(texts)
