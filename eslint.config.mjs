import js from "@eslint/js";
import pulumi from "@pulumi/eslint-plugin";
import tseslint from "typescript-eslint";

export default tseslint.config(
    { ignores: ["**/node_modules/", "components/bin/", "components/toolchain/", ".local/", "**/.delivery/"] },
    js.configs.recommended,
    {
        // A longer file has more than one subject.
        rules: { "max-lines": ["error", 400] },
    },
    {
        // To be split by subject.
        files: ["test/integration/{approvedContent,lint}.test.ts"],
        rules: { "max-lines": "off" },
    },
    {
        files: ["**/*.ts"],
        extends: [tseslint.configs.recommendedTypeChecked],
        languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
        plugins: { "@pulumi": pulumi },
        rules: {
            // An Output in a template prints a warning text instead of its value.
            "@pulumi/no-output-in-template-literal": "error",
            "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
            "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
        },
    },
    {
        // mocha's describe/it return nothing worth awaiting.
        files: ["test/**/*.ts"],
        rules: {
            "@typescript-eslint/no-floating-promises": "error",
            "@typescript-eslint/no-unused-expressions": "off",
            "no-restricted-syntax": [
                "error",
                {
                    selector:
                        "ForOfStatement:has(CallExpression[callee.object.name='assert']) > " +
                        "CallExpression.right[callee.property.name=/^(all|filter|flatMap|matchAll)$/]",
                    message:
                        "This loop asserts nothing if the list is empty: use nonEmpty(…) from test/support/nonEmpty.",
                },
            ],
        },
    },
    {
        files: ["**/*.mjs", "**/*.cjs"],
        languageOptions: {
            globals: {
                process: "readonly",
                console: "readonly",
                URL: "readonly",
                require: "readonly",
                __dirname: "readonly",
                module: "writable",
            },
        },
    },
);
