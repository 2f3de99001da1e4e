import { lintConfig } from "../../../../scripts/delivery/lint/config";
import type { Finding, LintChangeset, LintContext, Verdict } from "../../../../scripts/delivery/lint/finding";
import { examine } from "../../../../scripts/delivery/lint/lint";
import type { SourceChangeset } from "../../../../scripts/delivery/lint/source/changeset";
import { readFormattedSql } from "../../../../scripts/delivery/lint/source/formattedSql";
import { splitStatements } from "../../../../scripts/delivery/lint/sql/statements";

/** Changesets in formatted SQL, without its first line. */
export function sources(text: string, file = "a.sql"): SourceChangeset[] {
    return readFormattedSql(file, `--liquibase formatted sql\n${text}`);
}

/** The changesets as Liquibase would plan them. */
export function planned(changesets: SourceChangeset[]): LintChangeset[] {
    return changesets.map(({ id, author, file, runInTransaction, rollback, sql }) => ({
        ...{ id, author, file, runInTransaction },
        sql: sql.flatMap(({ text, splitStatements: split }) =>
            split ? splitStatements(text).map((statement) => `${statement.text};`) : [text],
        ),
        ...(rollback.kind === "absent"
            ? { undoError: "No inverse to liquibase.change.core.RawSQLChange created" }
            : { undo: rollback.kind === "written" ? ["SELECT 1;"] : [] }),
    }));
}

export interface Scene {
    /** The whole changelog, in formatted SQL; all of it is pending unless `applied` says otherwise. */
    changelog: string;
    /** How many changesets, from the first, the database has run. */
    applied?: number;
    environment?: string;
    context?: Partial<LintContext>;
}

/** A rollback that satisfies the rules. */
export const undo = "\n--rollback SELECT 1;";

/** One changeset. */
export const one = (sql: string, attributes = ""): Scene => ({
    changelog: `--changeset a:1 ${attributes}\n${sql}${undo}`,
});

/** A changeset for each. */
export const many = (...bodies: string[]): Scene => ({
    changelog: bodies.map((body, index) => `--changeset a:${index + 1}\n${body}${undo}`).join("\n"),
});

export function judge({ changelog, applied = 0, environment = "prod", context = {} }: Scene): Verdict {
    const all = sources(changelog);
    return examine(planned(all.slice(applied)), {
        levels: lintConfig({}, environment).levels,
        changelog: all,
        applied: all.slice(0, applied),
        ...context,
    });
}

export function rulesOf(findings: Finding[]): string[] {
    return findings.map(({ rule, waived }) => (waived === undefined ? rule : `${rule} (waived)`));
}
