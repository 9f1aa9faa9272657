// Start the shop first: shop demo --test-mode
const { defineConfig } = require("cypress");

module.exports = defineConfig({
  e2e: {
    baseUrl: `http://127.0.0.1:${process.env.PORT ?? 8000}`,
    specPattern: "*.cy.js",
    supportFile: false,
  },
});
