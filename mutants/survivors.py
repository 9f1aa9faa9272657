"""The mutants of core that survive, each with the reason.

A unit test checks that what they change is still there. docs/mutants.md shows them as a table.
"""

# ruff: noqa: E501 - the code is quoted as it stands
from __future__ import annotations

from mutants.mutation import Survivor

_SURVIVORS: dict[str, tuple[Survivor, ...]] = {
    "An empty cart has no pair whose bits depend on the width.": (
        Survivor(
            "budget",
            "line_costs",
            "width = max((line.number for line in cart.lines), default=1).bit_length()",
            "width = max((line.number for line in cart.lines), default=2).bit_length()",
        ),
    ),
    "Both sequences always have the same length; `strict` is a guard against our own mistakes.": (
        Survivor(
            "budget",
            "line_costs",
            "for line, each in zip(cart.lines, bits, strict=True)",
            "for line, each in zip(cart.lines, bits, strict=None)",
        ),
        Survivor(
            "budget",
            "line_costs",
            "for line, each in zip(cart.lines, bits, strict=True)",
            "for line, each in zip(cart.lines, bits, )",
        ),
        Survivor(
            "budget",
            "line_costs",
            "for line, each in zip(cart.lines, bits, strict=True)",
            "for line, each in zip(cart.lines, bits, strict=False)",
        ),
        Survivor(
            "cookie",
            "encode_version_1",
            "steps = (number - before for number, before in zip(numbers, (0, *numbers), strict=False))",
            "steps = (number - before for number, before in zip(numbers, (0, *numbers), strict=None))",
        ),
        Survivor(
            "cookie",
            "encode_version_1",
            "steps = (number - before for number, before in zip(numbers, (0, *numbers), strict=False))",
            "steps = (number - before for number, before in zip(numbers, (0, *numbers), ))",
        ),
        Survivor(
            "cookie",
            "encode_version_1",
            "lines = zip(steps, (line.quantity for line in cart.lines), strict=True)",
            "lines = zip(steps, (line.quantity for line in cart.lines), strict=None)",
        ),
        Survivor(
            "cookie",
            "encode_version_1",
            "lines = zip(steps, (line.quantity for line in cart.lines), strict=True)",
            "lines = zip(steps, (line.quantity for line in cart.lines), )",
        ),
        Survivor(
            "cookie",
            "encode_version_1",
            "lines = zip(steps, (line.quantity for line in cart.lines), strict=True)",
            "lines = zip(steps, (line.quantity for line in cart.lines), strict=False)",
        ),
        Survivor(
            "cookie",
            "dissect",
            "lines = zip(numbers, quantities, strict=True)",
            "lines = zip(numbers, quantities, strict=None)",
        ),
        Survivor(
            "cookie",
            "dissect",
            "lines = zip(numbers, quantities, strict=True)",
            "lines = zip(numbers, quantities, )",
        ),
        Survivor(
            "cookie",
            "dissect",
            "lines = zip(numbers, quantities, strict=True)",
            "lines = zip(numbers, quantities, strict=False)",
        ),
        Survivor(
            "cookie",
            "_cart",
            "tuple(map(_lines.__getitem__, zip(numbers, quantities, strict=True))),",
            "tuple(map(_lines.__getitem__, zip(numbers, quantities, strict=None))),",
        ),
        Survivor(
            "cookie",
            "_cart",
            "tuple(map(_lines.__getitem__, zip(numbers, quantities, strict=True))),",
            "tuple(map(_lines.__getitem__, zip(numbers, quantities, ))),",
        ),
        Survivor(
            "cookie",
            "_cart",
            "tuple(map(_lines.__getitem__, zip(numbers, quantities, strict=True))),",
            "tuple(map(_lines.__getitem__, zip(numbers, quantities, strict=False))),",
        ),
        Survivor(
            "variants",
            "_closest",
            "pairs = zip(product.options, chosen.options, strict=True)",
            "pairs = zip(product.options, chosen.options, strict=None)",
        ),
        Survivor(
            "variants",
            "_closest",
            "pairs = zip(product.options, chosen.options, strict=True)",
            "pairs = zip(product.options, chosen.options, )",
        ),
        Survivor(
            "variants",
            "_closest",
            "pairs = zip(product.options, chosen.options, strict=True)",
            "pairs = zip(product.options, chosen.options, strict=False)",
        ),
        Survivor(
            "coupons",
            "shares",
            "floors, rests = zip(*(divmod(amount * total, whole) for total in totals), strict=True)",
            "floors, rests = zip(*(divmod(amount * total, whole) for total in totals), strict=None)",
        ),
        Survivor(
            "coupons",
            "shares",
            "floors, rests = zip(*(divmod(amount * total, whole) for total in totals), strict=True)",
            "floors, rests = zip(*(divmod(amount * total, whole) for total in totals), )",
        ),
        Survivor(
            "coupons",
            "shares",
            "floors, rests = zip(*(divmod(amount * total, whole) for total in totals), strict=True)",
            "floors, rests = zip(*(divmod(amount * total, whole) for total in totals), strict=False)",
        ),
        Survivor(
            "pricing",
            "quote",
            "for (total, rate), share in zip(charged, coupons.shares(discount.minor, totals), strict=True):",
            "for (total, rate), share in zip(charged, coupons.shares(discount.minor, totals), strict=None):",
        ),
        Survivor(
            "pricing",
            "quote",
            "for (total, rate), share in zip(charged, coupons.shares(discount.minor, totals), strict=True):",
            "for (total, rate), share in zip(charged, coupons.shares(discount.minor, totals), ):",
        ),
        Survivor(
            "pricing",
            "quote",
            "for (total, rate), share in zip(charged, coupons.shares(discount.minor, totals), strict=True):",
            "for (total, rate), share in zip(charged, coupons.shares(discount.minor, totals), strict=False):",
        ),
        Survivor(
            "text",
            "_without_stray_joiners",
            "for mark, *sides in zip(text, before, after, strict=True)",
            "for mark, *sides in zip(text, before, after, strict=None)",
        ),
        Survivor(
            "text",
            "_without_stray_joiners",
            "for mark, *sides in zip(text, before, after, strict=True)",
            "for mark, *sides in zip(text, before, after, )",
        ),
        Survivor(
            "text",
            "_without_stray_joiners",
            "for mark, *sides in zip(text, before, after, strict=True)",
            "for mark, *sides in zip(text, before, after, strict=False)",
        ),
    ),
    "Only a coupon has an end, and whoever has one states the time.": (
        Survivor(
            "pricing",
            "quote",
            "cart: Cart, products: Snapshot, rules: Rules, coupon: Coupon | None = None, *, now: int = 0",
            "cart: Cart, products: Snapshot, rules: Rules, coupon: Coupon | None = None, *, now: int = 1",
        ),
    ),
    "No channel of 8 bits is on the edge, which is at 10.3 of 255.": (
        Survivor(
            "colour",
            "_linear",
            'if share <= Decimal("0.04045"):',
            'if share < Decimal("0.04045"):',
        ),
    ),
    "Each character is in the alphabet once.": (
        Survivor(
            "packing/integers",
            "number_of",
            "number = number << 6 | ALPHABET.index(digit)",
            "number = number << 6 | ALPHABET.rindex(digit)",
        ),
    ),
    "A quantity is at least 1, so the larger is the same.": (
        Survivor(
            "cart",
            "Cart.merged_with",
            "Line(line.number, max(line.quantity, others.pop(line.number, 0))) for line in self.lines",
            "Line(line.number, max(line.quantity, others.pop(line.number, 1))) for line in self.lines",
        ),
    ),
    "Names of encodings and hashes ignore case.": (
        Survivor(
            "cookie",
            "_Hmac128.get_signature",
            'return hmac.digest(key, value, "sha256")[:16]',
            'return hmac.digest(key, value, "SHA256")[:16]',
        ),
        Survivor(
            "cookie",
            "_signature",
            'return _signer(key).get_signature(payload).decode("ascii")',
            'return _signer(key).get_signature(payload).decode("ASCII")',
        ),
        Survivor(
            "orders",
            "reference",
            'letters = base64.b32encode(hashlib.sha256(token.encode("ascii")).digest()).decode("ascii")',
            'letters = base64.b32encode(hashlib.sha256(token.encode("ASCII")).digest()).decode("ascii")',
        ),
        Survivor(
            "orders",
            "reference",
            'letters = base64.b32encode(hashlib.sha256(token.encode("ascii")).digest()).decode("ascii")',
            'letters = base64.b32encode(hashlib.sha256(token.encode("ascii")).digest()).decode("ASCII")',
        ),
        Survivor(
            "packing/integers",
            "payload",
            'deflated = deflater.compress(letter.encode("ascii") + octets) + deflater.flush()',
            'deflated = deflater.compress(letter.encode("ASCII") + octets) + deflater.flush()',
        ),
        Survivor(
            "packing/integers",
            "_base64",
            'return base64.urlsafe_b64encode(octets).rstrip(b"=").decode("ascii")',
            'return base64.urlsafe_b64encode(octets).rstrip(b"=").decode("ASCII")',
        ),
        Survivor(
            "packing/texts",
            "unpacked",
            'text += _unpacked_group(packed[at : at + _PACKED_GROUP]).encode("ascii")',
            'text += _unpacked_group(packed[at : at + _PACKED_GROUP]).encode("ASCII")',
        ),
        Survivor(
            "packing/texts",
            "unpacked",
            'return text.decode("ascii").rstrip(",")',
            'return text.decode("ASCII").rstrip(",")',
        ),
        Survivor(
            "packing/texts",
            "unpacked_from_link",
            'text += _group(number, _LINK_TEXT_LENGTH[len(group)]).encode("ascii")',
            'text += _group(number, _LINK_TEXT_LENGTH[len(group)]).encode("ASCII")',
        ),
        Survivor(
            "packing/texts",
            "unpacked_from_link",
            'return text.decode("ascii").rstrip(",")',
            'return text.decode("ASCII").rstrip(",")',
        ),
        Survivor(
            "packing/texts",
            "deflated",
            'octets = deflater.compress(text.encode("ascii")) + deflater.flush()',
            'octets = deflater.compress(text.encode("ASCII")) + deflater.flush()',
        ),
        Survivor(
            "packing/texts",
            "deflated",
            'return base64.urlsafe_b64encode(octets).rstrip(b"=").decode("ascii")',
            'return base64.urlsafe_b64encode(octets).rstrip(b"=").decode("ASCII")',
        ),
        Survivor(
            "packing/texts",
            "inflated",
            'return text.decode("latin-1")',
            'return text.decode("LATIN-1")',
        ),
    ),
    "The document is a list, which has no colons.": (
        Survivor(
            "cookie",
            "encode_version_1",
            'return sign(texts.payload(json.dumps(document, separators=(",", ":"))[1:-1]), keys)',
            'return sign(texts.payload(json.dumps(document, separators=(",", "XX:XX"))[1:-1]), keys)',
        ),
    ),
    "A bound for memory: one more line is kept.": (
        Survivor(
            "cookie",
            "_Lines.__missing__",
            "if len(self) < integers.MOST_KEPT:",
            "if len(self) <= integers.MOST_KEPT:",
        ),
    ),
    "The rounded value of 0 is 0, with either sign.": (
        Survivor(
            "money",
            "round_half_up",
            "return rounded if numerator >= 0 else -rounded",
            "return rounded if numerator > 0 else -rounded",
        ),
        Survivor(
            "money",
            "round_half_up",
            "return rounded if numerator >= 0 else -rounded",
            "return rounded if numerator >= 1 else -rounded",
        ),
    ),
    "There are only digits, and no X, to strip.": (
        Survivor(
            "money",
            "parse",
            'decimals = (match[2] or "").rstrip("0")',
            'decimals = (match[2] or "").rstrip("XX0XX")',
        ),
    ),
    "Whether a payload of exactly 64 characters is tried costs time, and hardly a byte.": (
        Survivor(
            "packing/integers",
            "payload",
            "if len(packed) < DEFLATE_FROM or len(octets) > MOST_OCTETS:",
            "if len(packed) <= DEFLATE_FROM or len(octets) > MOST_OCTETS:",
        ),
    ),
    "A payload of exactly the most octets would be packed, which can be read too.": (
        Survivor(
            "packing/integers",
            "payload",
            "if len(packed) < DEFLATE_FROM or len(octets) > MOST_OCTETS:",
            "if len(packed) < DEFLATE_FROM or len(octets) >= MOST_OCTETS:",
        ),
    ),
    "The default level of zlib finds the same in so few bytes.": (
        Survivor(
            "packing/integers",
            "payload",
            "deflater = zlib.compressobj(level=9, wbits=-zlib.MAX_WBITS)",
            "deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)",
        ),
    ),
    "No cart has two lines of one product, so no step is 0.": (
        Survivor(
            "packing/integers",
            "pair_bits",
            "near = _golomb(2 * step - 2 if step > 0 else -2 * step - 1, NEAR_ORDER)",
            "near = _golomb(2 * step - 2 if step >= 0 else -2 * step - 1, NEAR_ORDER)",
        ),
    ),
    "A length beyond the end cuts nothing off, as here.": (
        Survivor(
            "packing/integers",
            "unpacked",
            "length = 8 * len(octets)",
            "length = None",
        ),
        Survivor(
            "packing/integers",
            "unpacked",
            "length = 8 * len(octets)",
            "length = 9 * len(octets)",
        ),
    ),
    "Since Python 3.11, big is the default.": (
        Survivor(
            "packing/integers",
            "unpacked",
            "bits = f\"{int.from_bytes(octets, 'big'):0{8 * len(octets)}b}\"[:length]",
            'bits = f"{int.from_bytes(octets, ):0{8 * len(octets)}b}"[:length]',
        ),
        Survivor(
            "packing/integers",
            "_octets",
            'return (int(bits, 2) << 8 * count - len(bits)).to_bytes(count, "big")',
            "return (int(bits, 2) << 8 * count - len(bits)).to_bytes(count, )",
        ),
    ),
    "Each letter stands in the alphabet once.": (
        Survivor(
            "packing/integers",
            "unpacked",
            "known = _pairs_of(WIDTHS.index(letter) + 1)",
            "known = _pairs_of(WIDTHS.rindex(letter) + 1)",
        ),
        Survivor(
            "packing/texts",
            "unpacked_from_link",
            "digits = [LINK_ALPHABET.index(character) for character in group]",
            "digits = [LINK_ALPHABET.rindex(character) for character in group]",
        ),
    ),
    "The end is 26 when there is no time, and otherwise at least 28.": (
        Survivor(
            "packing/integers",
            "unpacked",
            'if end <= TIME_ORDER or not pairs or any(parts[:-1:2]) or "1" in parts[-1]:',
            'if end < TIME_ORDER or not pairs or any(parts[:-1:2]) or "1" in parts[-1]:',
        ),
    ),
    "Such a step is out of range, and so refused as a number.": (
        Survivor(
            "packing/integers",
            "_Pairs.__init__",
            "near, second = _golomb_pattern(NEAR_ORDER, 22), _golomb_pattern(SECOND_ORDER, 18)",
            "near, second = _golomb_pattern(NEAR_ORDER, 23), _golomb_pattern(SECOND_ORDER, 18)",
        ),
    ),
    "Such a quantity is out of range, and so refused.": (
        Survivor(
            "packing/integers",
            "_Pairs.__init__",
            "near, second = _golomb_pattern(NEAR_ORDER, 22), _golomb_pattern(SECOND_ORDER, 18)",
            "near, second = _golomb_pattern(NEAR_ORDER, 22), _golomb_pattern(SECOND_ORDER, 19)",
        ),
    ),
    "Half of an odd number plus 1 or 2, rounded down, is the same.": (
        Survivor(
            "packing/integers",
            "_Pairs.__missing__",
            "code = -(code + 1 >> 1) if code & 1 else (code >> 1) + 1",
            "code = -(code + 2 >> 1) if code & 1 else (code >> 1) + 1",
        ),
    ),
    "The longest code is of a step or quantity out of range.": (
        Survivor(
            "packing/integers",
            "_golomb_pattern",
            'pattern = f"1.{{{order + most_zeros}}}"',
            "pattern = None",
        ),
        Survivor(
            "packing/integers",
            "_golomb_pattern",
            'pattern = f"1.{{{order + most_zeros}}}"',
            'pattern = f"1.{{{order - most_zeros}}}"',
        ),
    ),
    "The bits that are filled up are cut off, and what follows a DEFLATE stream is not read.": (
        Survivor(
            "packing/integers",
            "_from_base64",
            'return base64.b64decode(text + "A" * (-len(text) % 4), b"-_", validate=True)',
            'return base64.b64decode(text + "a" * (-len(text) % 4), b"-_", validate=True)',
        ),
    ),
    "The text has twelve characters, and no X.": (
        Survivor(
            "packing/texts",
            "unpacked",
            'return text.decode("ascii").rstrip(",")',
            'return text.decode("ascii").rstrip("XX,XX")',
        ),
        Survivor(
            "packing/texts",
            "unpacked_from_link",
            'return text.decode("ascii").rstrip(",")',
            'return text.decode("ascii").rstrip("XX,XX")',
        ),
    ),
    "Only tests and demonstrations write version 1, and any DEFLATE stream can be read.": (
        Survivor(
            "packing/texts",
            "deflated",
            "deflater = zlib.compressobj(level=9, wbits=-zlib.MAX_WBITS)",
            "deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)",
        ),
    ),
    "Only tests and demonstrations write version 1; none of their values ends in X.": (
        Survivor(
            "packing/texts",
            "deflated",
            'return base64.urlsafe_b64encode(octets).rstrip(b"=").decode("ascii")',
            'return base64.urlsafe_b64encode(octets).rstrip(b"XX=XX").decode("ascii")',
        ),
    ),
    "The lines are tidied: only line feeds are left at the ends.": (
        Survivor(
            "text",
            "tidy_lines",
            'return _EMPTY_LINES.sub("\\n\\n", "\\n".join(lines)).strip("\\n")',
            'return _EMPTY_LINES.sub("\\n\\n", "\\n".join(lines)).strip(None)',
        ),
    ),
    "Equal objects still have equal hashes; only looking them up takes longer.": (
        Survivor(
            "pricing",
            "Rules.__hash__",
            "return hash((self.currency, self.max_quantity))  # cheap, and equal where rules are",
            "return hash(None)  # cheap, and equal where rules are",
        ),
        Survivor(
            "pricing",
            "QuoteLine.__hash__",
            "return hash((self.line.number, self.line.quantity))  # cheap, and equal where lines are",
            "return hash(None)  # cheap, and equal where lines are",
        ),
    ),
    "The shape of a value was checked before, and allows no other characters.": (
        Survivor(
            "packing/integers",
            "_from_base64",
            'return base64.b64decode(text + "A" * (-len(text) % 4), b"-_", validate=True)',
            'return base64.b64decode(text + "A" * (-len(text) % 4), b"-_", )',
        ),
        Survivor(
            "packing/integers",
            "_from_base64",
            'return base64.b64decode(text + "A" * (-len(text) % 4), b"-_", validate=True)',
            'return base64.b64decode(text + "A" * (-len(text) % 4), b"-_", validate=False)',
        ),
    ),
    "A gap: no test has stray bits just before the last pair. Only we could sign such a payload.": (
        Survivor(
            "packing/integers",
            "unpacked",
            'if end <= TIME_ORDER or not pairs or any(parts[:-1:2]) or "1" in parts[-1]:',
            'if end <= TIME_ORDER or not pairs or any(parts[:-2:2]) or "1" in parts[-1]:',
        ),
    ),
}
"""By reason."""

REASONS = {survivor: reason for reason, group in _SURVIVORS.items() for survivor in group}
