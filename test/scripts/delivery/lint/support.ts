import type { RuleName } from "../../../../scripts/delivery/lint/catalogue";
import { postgresql } from "../../../../scripts/delivery/engines/postgresql";
import { type JudgeOptions, PostgresJudge } from "../../../../scripts/delivery/engines/postgresql/lint/judge";
import { Catalogue } from "../../../../scripts/delivery/lint/catalogue";
import { lintConfig } from "../../../../scripts/delivery/lint/config";
import { trackingNames } from "../../../../scripts/delivery/tracking";
import type { Finding, LintChangeset, LintContext, Verdict } from "../../../../scripts/delivery/lint/finding";
import { examine } from "../../../../scripts/delivery/lint/lint";
import type { WrittenChangeset } from "../../../../scripts/delivery/tools/liquibase/changelog/changeset";
import { readFormattedSql } from "../../../../scripts/delivery/tools/liquibase/changelog/formattedSql";
import { liquibase } from "../../../../scripts/delivery/tools/liquibase";

/** Changesets in formatted SQL, without its first line. */
export function sources(text: string, file = "a.sql"): WrittenChangeset[] {
    return readFormattedSql(file, `--liquibase formatted sql\n${text}`).changesets;
}

function issues(text: string, file = "a.sql"): LintContext["issues"] {
    return readFormattedSql(file, `--liquibase formatted sql\n${text}`).issues.map((one) => ({ ...one, file }));
}

/** The changesets as Liquibase would plan them. */
export function planned(changesets: WrittenChangeset[]): LintChangeset[] {
    return changesets.map(({ id, author, file, runInTransaction, rollback, sql }) => ({
        ...{ id, author, file, runInTransaction },
        sql: sql.flatMap(({ text, splitStatements: split, endDelimiter }) =>
            !split ? [text] : endDelimiter === undefined ? pieces(text) : text.split(endDelimiter),
        ),
        ...(rollback.kind === "absent"
            ? { undoError: "No inverse to liquibase.change.core.RawSQLChange created" }
            : { undo: rollback.kind === "written" ? ["SELECT 1;"] : [] }),
    }));
}

/** As Liquibase cuts SQL: at semicolons outside of quotes and comments; it does not know dollar quotes. */
function pieces(text: string): string[] {
    const tokens = text.match(/'[^']*'|"[^"]*"|--[^\n]*|\/\*[\s\S]*?\*\/|;|[^;'"\-/]+|[\s\S]/g) ?? [];
    const found = [""];
    for (const token of tokens) {
        found[found.length - 1] += token;
        if (token === ";") found.push("");
    }
    return found
        .map((piece) => piece.trim())
        .filter((piece) => piece.replaceAll(/--[^\n]*|\/\*[\s\S]*?\*\/|;/g, "").trim() !== "");
}

/** The rules that hold for PostgreSQL. */
export const catalogue = new Catalogue(postgresql.linter, liquibase);

/** What the linter works with, PostgreSQL's part of it among it. */
export type PostgresContext = Omit<LintContext, "catalogue" | "unstorable" | "sql" | "tool"> &
    Omit<JudgeOptions, "trackingTables">;

/** Examines changesets of PostgreSQL. */
export function examinePostgres(
    changesets: LintChangeset[],
    { squawk, runSquawk, catalog, defaultSchema, ...context }: PostgresContext,
): Promise<Verdict> {
    const trackingTables = trackingNames(liquibase.tracking);
    const sql = new PostgresJudge({ squawk, runSquawk, catalog, defaultSchema, trackingTables });
    return examine(changesets, {
        ...context,
        tool: liquibase,
        catalogue,
        unstorable: postgresql.linter.unstorable,
        sql,
    });
}

export interface Scene {
    /** The whole changelog, in formatted SQL; all of it is pending unless `applied` says otherwise. */
    changelog: string;
    /** How many changesets, from the first, the database has run. */
    applied?: number;
    environment?: string;
    context?: Partial<PostgresContext>;
    /** What the plan says of the changesets beside their SQL, one by one. */
    changes?: Partial<LintChangeset>[];
}

export interface Case {
    rule: RuleName;
    /** What the rule finds; exactly this one finding. */
    bad: Record<string, Scene & { line?: number; what?: string }>;
    /** The same thing written well: no finding at all. */
    good: Record<string, Scene>;
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

export function judge({
    changelog,
    applied = 0,
    environment = "prod",
    context = {},
    changes = [],
}: Scene): Promise<Verdict> {
    const all = sources(changelog);
    const pending = planned(all.slice(applied)).map((change, index) => ({ ...change, ...changes[index] }));
    return examinePostgres(pending, {
        levels: lintConfig(catalogue, {}, environment).levels,
        sources: all,
        issues: issues(changelog),
        applied: all.slice(0, applied),
        ...context,
    });
}

export function rulesOf(findings: Finding[]): string[] {
    return findings.map(({ rule, waived }) => (waived === undefined ? rule : `${rule} (waived)`));
}
