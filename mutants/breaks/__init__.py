"""The deliberate breaks, one module a subject."""

from __future__ import annotations

from mutants.breaks import (
    admin,
    carts,
    codec,
    cookie,
    copies,
    coupons,
    databases,
    deploy,
    guards,
    languages,
    mail,
    orders,
    pages,
    papers,
    payments,
    photos,
    products,
    public_pages,
    scripts,
    variants,
)

BREAKS = (
    *cookie.BREAKS,
    *codec.BREAKS,
    *carts.BREAKS,
    *orders.BREAKS,
    *coupons.BREAKS,
    *mail.BREAKS,
    *languages.BREAKS,
    *payments.BREAKS,
    *photos.BREAKS,
    *pages.BREAKS,
    *public_pages.BREAKS,
    *guards.BREAKS,
    *admin.BREAKS,
    *papers.BREAKS,
    *products.BREAKS,
    *variants.BREAKS,
    *scripts.BREAKS,
    *databases.BREAKS,
    *copies.BREAKS,
    *deploy.BREAKS,
)
