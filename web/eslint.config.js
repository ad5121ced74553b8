// Lint of the page: types are TypeScript's business, hooks and plain mistakes are ESLint's.

import reactHooks from "eslint-plugin-react-hooks";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

export default defineConfig(
  { ignores: ["node_modules", "src/types.gen.ts"] },
  tseslint.configs.recommended,
  reactHooks.configs.flat["recommended-latest"],
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "max-lines": ["error", 400],
      complexity: ["error", 20],
      "no-console": "error",
      eqeqeq: "error",
      "@typescript-eslint/no-unused-expressions": "off",
      "react-hooks/exhaustive-deps": "error",
    },
  },
);
