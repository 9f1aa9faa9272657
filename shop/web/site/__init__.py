"""What every page needs from the app: the shop, addresses, assets, security and wording."""
