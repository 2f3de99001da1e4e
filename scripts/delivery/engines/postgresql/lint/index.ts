import type { SqlLinter } from "../../linter";
import { PostgresJudge } from "./judge";
import { runSquawk } from "./squawk";
import { squawkRules } from "./squawkRules";
import { statementRules } from "./statementRules";
import type { LintedSql } from "../../linter";

export const linter: SqlLinter = {
    rules: { ...statementRules, ...squawkRules },
    // With the flag u, a pair counts as one character, so only half a pair matches as a surrogate.
    unstorable: /[\0\p{Surrogate}]/u,
    begin: async (changes, { levels, program: binary, serverVersion: postgresVersion, ...options }) => {
        const run = (of: LintedSql[]) => runSquawk(of, { binary, levels, postgresVersion });
        return new PostgresJudge({ ...options, squawk: await run(changes), runSquawk: run });
    },
};
