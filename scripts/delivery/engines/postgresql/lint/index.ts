import type { SqlLinter } from "../../linter";
import { PostgresJudge } from "./judge";
import { makeExecutable, runSquawk } from "./squawk";
import { squawkRules } from "./squawkRules";
import { statementRules } from "./statementRules";
import type { LintedSql } from "../../linter";

export const linter: SqlLinter = {
    rules: (terms) => ({ ...statementRules(terms), ...squawkRules(terms) }),
    // With the flag u, a pair counts as one character, so only half a pair matches as a surrogate.
    unstorable: /[\0\p{Surrogate}]/u,
    silencing: {
        pattern: /^\s*squawk-ignore/i,
        problem: "A `squawk-ignore` comment gives no reason and is ignored.",
    },
    begin: async (changes, { levels, program: binary, serverVersion: postgresVersion, ...options }) => {
        makeExecutable(binary);
        const run = (of: LintedSql[]) => runSquawk(of, { binary, levels, postgresVersion });
        return new PostgresJudge({ ...options, squawk: await run(changes), runSquawk: run });
    },
};
