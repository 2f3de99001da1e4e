/** Who plants something lowers the linter's rule about it, where no floor of the stack's config forbids that. */
export const loweredLint = { "lint.yaml": "rules: { tracking-tables: warning, shadows-builtin: warning }\n" };
