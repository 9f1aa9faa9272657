const { test: base, expect } = require("@playwright/test");

// Each worker has a world: a database of its own, which no other worker sees.
const test = base.extend({
  extraHTTPHeaders: ({}, use, { parallelIndex }) => use({ "Shop-World": `worker-${parallelIndex}` }),
});

test.beforeEach(({ request }) => request.post("/test/reset"));

const arrange = (page, ...lines) => page.request.put("/api/cart", { data: { lines } });

async function order(page) {
  await page.getByRole("link", { name: "Check out" }).click();
  await page.getByLabel("Full name").fill("Ada Lovelace");
  await page.getByLabel("Email").fill("ada@crumb.shop");
  await page.getByLabel("Address line 1").fill("12 Garden Row");
  await page.getByLabel("Town or city").fill("London");
  await page.getByLabel("Postcode").fill("SE1 6HG");
  await page.getByLabel("By invoice").check();
  await page.getByRole("button", { name: "Place the order" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Thank you. Your order is placed.");
}

test("a purchase", async ({ page, request }) => {
  await page.goto("/products/everyday-mug");
  await page.getByRole("button", { name: "Add to cart" }).click();
  await page.getByRole("link", { name: "Cart" }).click();
  await expect(page).toHaveURL("/cart"); // until then, the mini-cart has a field of the same name
  await page.getByLabel("Quantity of Everyday mug").fill("3");
  await page.getByLabel("Quantity of Everyday mug").press("Enter");
  await expect(page.getByRole("link", { name: "Cart" })).toHaveAccessibleName("Cart 3 items");
  await order(page);

  const { orders } = await (await request.get("/api/orders")).json();
  expect(orders).toHaveLength(1);
  expect(orders[0].lines).toMatchObject([{ sku: "MUG", quantity: 3 }]);
});

test("a cart that the API arranged", async ({ page }) => {
  await arrange(page, { sku: "MUG", quantity: 2 }, { sku: "PENCIL" });
  await page.goto("/cart");
  await page.getByRole("button", { name: "Remove Cedar pencil" }).click();
  await expect(page.getByText("Removed: Cedar pencil")).toBeVisible();
  await expect(page.getByRole("link", { name: "Cart" })).toHaveAccessibleName("Cart 2 items");
});

test("a cart expires after thirty days", async ({ page, extraHTTPHeaders }) => {
  await arrange(page, { sku: "MUG" });
  await page.setExtraHTTPHeaders({ ...extraHTTPHeaders, "Shop-Clock": "+31d" });
  await page.goto("/cart");
  await expect(page.getByRole("main")).toContainText("has expired");
});

test("the last one is sold out in this world only", async ({ page, request }) => {
  await arrange(page, { sku: "STATE-ONE-LEFT" });
  await page.goto("/cart");
  await order(page);
  await page.goto("/products/last-one-lamp");
  await expect(page.getByRole("main")).toContainText("Sold out");

  const elsewhere = { headers: { "Shop-World": "another" } };
  const lamp = await (await request.get("/api/products/STATE-ONE-LEFT", elsewhere)).json();
  expect(lamp.stock).toBe(1);
});
