// Starts the shop, unless it runs already. `shop` must be on the PATH.
const { defineConfig } = require("@playwright/test");

const baseURL = `http://127.0.0.1:${process.env.PORT ?? 8000}`;

module.exports = defineConfig({
  fullyParallel: true,
  use: {
    baseURL,
    // An installed Chromium, such as /usr/bin/chromium; otherwise the one that Playwright installs.
    launchOptions: { executablePath: process.env.CHROMIUM },
  },
  webServer: {
    command: `shop demo --test-mode --port ${process.env.PORT ?? 8000}`,
    url: `${baseURL}/readyz`,
    reuseExistingServer: true,
  },
});
