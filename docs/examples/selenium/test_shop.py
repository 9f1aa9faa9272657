"""First tests of the shop with Selenium and pytest. `shop` and a Chromium must be on the PATH."""

import os
import subprocess

import pytest
import urllib3  # which Selenium brings
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support import expected_conditions as expected
from selenium.webdriver.support.wait import WebDriverWait

PORT = os.environ.get("PORT", "8000")
SHOP = f"http://127.0.0.1:{PORT}"
# A world is a database of its own. Programs name it in a header; Selenium sets no headers, but
# browsers find every name that ends with localhost on this machine, and that names a world too.
WORLD = {"Shop-World": "selenium"}
PAGES = f"http://selenium.localhost:{PORT}"


@pytest.fixture(scope="session", autouse=True)
def shop():
    with subprocess.Popen(["shop", "demo", "--test-mode", "--port", PORT]) as server:
        try:
            until_it_listens = urllib3.Retry(200, backoff_factor=0.1, backoff_max=0.1)
            urllib3.request("GET", f"{SHOP}/readyz", retries=until_it_listens)
            yield
        finally:
            server.terminate()


@pytest.fixture
def driver():
    urllib3.request("POST", f"{SHOP}/test/reset", headers=WORLD)
    options = webdriver.ChromeOptions()
    options.add_argument("--headless=new")
    options.add_argument("--no-sandbox")  # which a container needs
    with webdriver.Chrome(options) as driver:
        yield driver


def wait(driver):
    return WebDriverWait(driver, 10, ignored_exceptions=[StaleElementReferenceException])


def find(driver, by, name):
    return wait(driver).until(expected.element_to_be_clickable((by, name)))


def button(driver, text):
    return find(driver, By.XPATH, f"//main//button[starts-with(normalize-space(), '{text}')]")


def field(driver, label):
    return find(driver, By.XPATH, f"//main//*[@id = //label[normalize-space() = '{label}']/@for]")


def quantity(driver, product):
    return find(driver, By.CSS_SELECTOR, f"main [aria-label='Quantity of {product}']")


def shows(driver, text):
    return wait(driver).until(expected.text_to_be_present_in_element((By.TAG_NAME, "main"), text))


def cart_link_says(driver, name):
    link = (By.PARTIAL_LINK_TEXT, "Cart")
    return wait(driver).until(lambda page: page.find_element(*link).accessible_name == name)


def arrange(driver, *lines):
    """Puts a cart into the browser."""
    cart = urllib3.request("PUT", f"{SHOP}/api/cart", json={"lines": lines}, headers=WORLD)
    cookie = cart.json()["cookie"]
    driver.get(f"{PAGES}/products")  # a cookie is added to the site that is open
    driver.add_cookie({"name": cookie["name"], "value": cookie["value"]})
    driver.get(f"{PAGES}/cart")


def test_a_purchase(driver):
    driver.get(f"{PAGES}/products/everyday-mug")
    button(driver, "Add to cart").click()
    driver.find_element(By.PARTIAL_LINK_TEXT, "Cart").click()
    quantity(driver, "Everyday mug").send_keys(Keys.CONTROL, "a")
    quantity(driver, "Everyday mug").send_keys("3", Keys.ENTER)
    cart_link_says(driver, "Cart 3 items")

    find(driver, By.LINK_TEXT, "Check out").click()
    field(driver, "Full name").send_keys("Ada Lovelace")
    field(driver, "Email").send_keys("ada@crumb.shop")
    field(driver, "Address line 1").send_keys("12 Garden Row")
    field(driver, "Town or city").send_keys("London")
    field(driver, "Postcode").send_keys("SE1 6HG")
    find(driver, By.CSS_SELECTOR, "[name=payment][value=invoice]").click()
    button(driver, "Place the order").click()
    shows(driver, "Your order is placed.")
    (order,) = urllib3.request("GET", f"{SHOP}/api/orders", headers=WORLD).json()["orders"]
    assert [(line["sku"], line["quantity"]) for line in order["lines"]] == [("MUG", 3)]


def test_a_cart_that_the_api_arranged(driver):
    arrange(driver, {"sku": "MUG", "quantity": 2}, {"sku": "PENCIL"})
    find(driver, By.CSS_SELECTOR, "main [aria-label='Remove Cedar pencil']").click()
    shows(driver, "Removed: Cedar pencil")
    cart_link_says(driver, "Cart 2 items")


def test_a_cart_expires_after_thirty_days(driver):
    arrange(driver, {"sku": "MUG"})
    # Chromium can be told to send a header all the same, through its DevTools protocol.
    driver.execute_cdp_cmd("Network.enable", {})
    driver.execute_cdp_cmd("Network.setExtraHTTPHeaders", {"headers": {"Shop-Clock": "+31d"}})
    driver.get(f"{PAGES}/cart")
    shows(driver, "has expired")


def test_the_last_one_can_be_added_once(driver):
    driver.get(f"{PAGES}/products/last-one-lamp")
    button(driver, "Add to cart").click()
    cart_link_says(driver, "Cart 1 item")
    button(driver, "Add to cart").click()
    shows(driver, "Only 1 left, and you have 1 in your cart already.")
