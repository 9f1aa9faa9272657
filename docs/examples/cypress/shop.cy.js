/// <reference types="cypress" />
// Cypress runs one test after another, so one world is enough: it starts again before each.

beforeEach(() => {
  cy.request("POST", "/test/reset");
});

const arrange = (...lines) => cy.request("PUT", "/api/cart", { lines });
const cartLink = () => cy.contains("header a", "Cart");

it("orders what was added", () => {
  cy.visit("/products/everyday-mug");
  cy.contains("button", "Add to cart").click();
  cartLink().click();
  cy.location("pathname").should("eq", "/cart");
  cy.get("main [aria-label='Quantity of Everyday mug']").type("{selectAll}3{enter}");
  cartLink().should("contain.text", "3 items");
  cy.contains("main a", "Check out").click();
  cy.get("[name=name]").type("Ada Lovelace");
  cy.get("[name=email]").type("ada@crumb.shop");
  cy.get("[name=line_1]").type("12 Garden Row");
  cy.get("[name=town]").type("London");
  cy.get("[name=postcode]").type("SE1 6HG");
  cy.get("[name=payment][value=invoice]").check();
  cy.contains("button", "Place the order").click();
  cy.contains("h1", "Your order is placed.");
  cy.request("/api/orders").its("body.orders").should("have.length", 1);
});

it("shows a cart that the API arranged", () => {
  arrange({ sku: "MUG", quantity: 2 }, { sku: "PENCIL" });
  cy.visit("/cart");
  cy.get("main [aria-label='Remove Cedar pencil']").click();
  cy.contains("Removed: Cedar pencil");
  cartLink().should("contain.text", "2 items");
});

it("lets a cart expire after thirty days", () => {
  arrange({ sku: "MUG" });
  cy.visit("/cart", { headers: { "Shop-Clock": "+31d" } });
  cy.contains("main", "has expired");
});
