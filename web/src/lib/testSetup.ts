/** Runs before the tests: the reader's language is English, whatever the machine's. */
Object.defineProperty(globalThis, "navigator", { value: { language: "en" }, configurable: true });
