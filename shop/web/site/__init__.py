"""What every page takes from the app: the shop's values, addresses, assets, security, wording."""
