"""The `shop` command: every group of commands under one name."""

from __future__ import annotations

import gc

gc.disable()  # nothing that the imports below make is garbage, and collecting looks through it all

import click

from shop import __version__
from shop.commands import (
    budget,
    catalogue,
    cookie,
    copy_database,
    coupons,
    database,
    demo_shop,
    keepers,
    limits,
    mail,
    orders,
    photos,
    serve,
)
from shop.commands.terminal import Commands

gc.freeze()  # nor is it looked through later: not while the command runs, and not when it ends
gc.enable()


@click.group(cls=Commands, help="Crumb: a shop whose whole cart lives in one small signed cookie.")
@click.version_option(__version__, prog_name="shop")
def main() -> None:
    pass


for command in (
    database.init,
    serve.serve,
    demo_shop.demo,
    database.migrate,
    database.secret,
    database.backup,
    database.restore,
    copy_database.copy_database,
    catalogue.catalogue_commands,
    photos.photo_commands,
    orders.order_commands,
    coupons.coupon_commands,
    mail.mail_commands,
    keepers.keeper_commands,
    budget.budget,
    limits.measure_limits,
    cookie.cookie_commands,
):
    main.add_command(command)
for name, older in catalogue.OLDER_NAMES.items():
    main.add_command(older, name)


if __name__ == "__main__":
    main()
