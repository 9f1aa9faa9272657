"""`make load`: many anonymous shoppers fill carts with real orders, and it says which promises of
the shop were broken meanwhile. docs/load.md describes it, and says why the client is ours.
"""
