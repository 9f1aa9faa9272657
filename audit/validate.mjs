// Reads [{name, html}] and prints {name, messages} for each, in the recommended rules.
import { json } from "node:stream/consumers";
import { HtmlValidate, StaticConfigLoader } from "html-validate";

const validator = new HtmlValidate(
  new StaticConfigLoader({ root: true, extends: ["html-validate:recommended"] }),
);

for (const { name, html } of await json(process.stdin)) {
  const { results } = await validator.validateString(html, name);
  const messages = results.flatMap((result) =>
    result.messages.map(({ line, column, ruleId, message, selector }) =>
      `${line}:${column} ${ruleId}: ${message}${selector ? ` at ${selector}` : ""}`),
  );
  console.log(JSON.stringify({ name, messages }));
}
