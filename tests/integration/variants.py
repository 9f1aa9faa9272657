"""A group of variants, for shops whose tests need one."""

from __future__ import annotations

HEAD = (
    "sku,name,price,currency,category,stock,group,"
    "option1_name,option1_value,option2_name,option2_value"
)
TEES = "\n".join(
    [
        HEAD,
        "TEE-M-BLUE,Plain tee,20.00,GBP,Textiles,5,plain-tee,Size,M,Colour,Blue",
        "TEE-L-BLUE,Plain tee,21.00,GBP,Textiles,0,plain-tee,Size,L,Colour,Blue",
        "TEE-M-RED,Plain tee,19.00,GBP,Textiles,,plain-tee,Size,M,Colour,Red",
        "TEE-XL-RED,Plain tee,24.00,GBP,Textiles,2,plain-tee,Size,XL,Colour,Red",
    ]
)
"""Two sizes in blue, of which one is sold out, and two in red; there is neither L in red nor XL in
blue."""
GROUP = "/products/plain-tee"
BLUE_M, BLUE_L, RED_M, RED_XL = (
    f"{GROUP}-{variant}" for variant in ("m-blue", "l-blue", "m-red", "xl-red")
)
"""The addresses of the page, and of each variant."""


def some_tees(*skus: str) -> str:
    """The header of TEES and the rows of these SKUs."""
    rows = [row for row in TEES.splitlines() if row.startswith(skus)]
    return "\n".join([HEAD, *rows])
