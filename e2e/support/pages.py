"""Page objects: what a shopper does and sees. Each step waits for its visible result."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

CUSTOMER = {
    "Full name": "Ada Baker",
    "Email": "ada@example.com",
    "Address line 1": "1 Crumb Lane",
    "Town or city": "Bath",
    "Postcode": "BA1 1AA",
}
"""What a shopper types at the checkout, by label; the country is the one preselected."""
EMPTY = "There is nothing in your cart."


@dataclass(frozen=True, slots=True)
class Shopper:
    """A person with one browser tab at one shop."""

    page: Page
    url: str

    def visits(self, path: str) -> Page:
        self.page.goto(self.url + path)
        return self.page

    def follows(self, link: Locator, to: str) -> Page:
        """Waits until the page with this heading has loaded, with its scripts."""
        link.click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text(to)
        self.page.wait_for_load_state()
        return self.page

    def adds(self, slug: str, quantity: int = 1) -> CartPage:
        """Adds a product from its own page, sees it in the mini-cart, and opens the cart page."""
        self.visits(f"/products/{slug}")
        self.page.get_by_label("Quantity").fill(str(quantity))
        self.page.get_by_role("button", name="Add to cart").click()
        expect(self.page.get_by_role("heading", name="Your cart", exact=True)).to_be_visible()
        return self.opens_cart()

    def opens_cart(self) -> CartPage:
        self.visits("/cart")
        return CartPage(self)

    def goes_to_checkout(self) -> CheckoutPage:
        self.visits("/checkout")
        return CheckoutPage(self)

    def adds_here(self) -> MiniCart:
        """Adds the product whose page is open, and stays there."""
        self.page.get_by_role("button", name="Add to cart").click()
        return MiniCart(self)

    def in_another_tab(self) -> Shopper:
        return Shopper(self.page.context.new_page(), self.url)


@dataclass(frozen=True, slots=True)
class CartPage:
    """The cart page."""

    shopper: Shopper

    @property
    def page(self) -> Page:
        return self.shopper.page

    def line(self, name: str) -> Locator:
        return self.page.get_by_role("row").filter(has_text=name)

    def quantity_of(self, name: str) -> Locator:
        return self.page.get_by_label(f"Quantity of {name}", exact=True)

    def holds(self, name: str, quantity: int = 1) -> CartPage:
        expect(self.quantity_of(name)).to_have_value(str(quantity))
        return self

    def is_empty(self) -> CartPage:
        expect(self.page.get_by_text(EMPTY)).to_be_visible()
        return self

    def sets_quantity(self, name: str, quantity: str) -> CartPage:
        self.quantity_of(name).fill(quantity)
        self.quantity_of(name).press("Enter")
        return self

    def updates(self, name: str, quantity: str) -> CartPage:
        """Presses the button that only pages without JavaScript show."""
        self.quantity_of(name).fill(quantity)
        self.page.get_by_role("button", name=f"Update {name}", exact=True).click()
        return self

    def asks_to_remove(self, name: str) -> CartPage:
        """Only presses the button: the shop may refuse, be late or be out of reach."""
        self.page.get_by_role("button", name=f"Remove {name}", exact=True).click()
        return self

    def removes(self, name: str) -> CartPage:
        self.asks_to_remove(name)
        expect(self.quantity_of(name)).to_have_count(0)
        return self

    def empties(self) -> CartPage:
        self.page.get_by_role("button", name="Empty the cart").click()
        return self

    def undoes(self) -> CartPage:
        self.page.get_by_role("button", name="Undo the last change").click()
        return self

    def checks_out(self) -> CheckoutPage:
        self.shopper.follows(self.page.get_by_role("link", name="Check out"), to="Checkout")
        return CheckoutPage(self.shopper)


@dataclass(frozen=True, slots=True)
class MiniCart:
    """The mini-cart that opens beside a page when something is added there."""

    shopper: Shopper

    @property
    def panel(self) -> Locator:
        return self.shopper.page.get_by_role("region", name="Your cart", exact=True)

    def says(self, text: str) -> MiniCart:
        expect(self.panel).to_be_visible()
        done = self.shopper.page.get_by_role("status").last
        refused = self.panel.get_by_role("alert")
        expect(done.or_(refused).filter(has_text=text)).to_have_count(1)
        return self

    def holds(self, name: str, quantity: int = 1) -> MiniCart:
        field = self.panel.get_by_label(f"Quantity of {name}", exact=True)
        expect(field).to_have_value(str(quantity))
        return self

    def is_closed_by_escape(self) -> None:
        self.shopper.page.keyboard.press("Escape")
        expect(self.panel).to_be_hidden()


@dataclass(frozen=True, slots=True)
class CheckoutPage:
    """The checkout page."""

    shopper: Shopper

    @property
    def page(self) -> Page:
        return self.shopper.page

    @property
    def button(self) -> Locator:
        return self.page.get_by_role("button", name="Place the order")

    def fills_in(self) -> CheckoutPage:
        for label, text in CUSTOMER.items():
            self.page.get_by_label(label).fill(text)
        return self.pays_by_invoice()

    def pays_by_invoice(self) -> CheckoutPage:
        """Chooses it, where there is a choice: a shop behind a proxy has no pretend bank."""
        if self.page.get_by_role("group", name="How you would like to pay").count():
            self.page.get_by_label("By invoice").check()
        return self

    def pays_at_the_bank(self) -> BankPage:
        """Places the order, and waits for the pretend bank's page."""
        self.page.get_by_label("At the pretend bank").check()
        self.button.click()
        expect(self.page.get_by_text("no money moves")).to_be_visible()
        return BankPage(self.shopper)

    def places_the_order(self) -> Page:
        """Places the order, and waits for the confirmation page."""
        self.button.click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text(
            "Thank you. Your order is placed."
        )
        return self.page


@dataclass(frozen=True, slots=True)
class BankPage:
    """The page of the pretend bank."""

    shopper: Shopper

    def lets_it_fail(self) -> Page:
        return self._presses("Let the payment fail", "Thank you. Your order is placed.")

    def pays(self) -> Page:
        return self._presses("Pay £", "Your order is paid.")

    def _presses(self, button: str, heading: str) -> Page:
        self.shopper.page.get_by_role("button", name=button).click()
        expect(self.shopper.page.get_by_role("heading", level=1)).to_have_text(heading)
        return self.shopper.page
