import type { Complaint, LintSubject, SqlJudge, SqlLintOptions, SqlVerdict, WrittenSql } from "../../linter";
import { statementsOf } from "../sql/read";
import { type FoundInBlocks, judgeBlocks, type RunSquawk, squawkInBlocks } from "./blocks";
import { isTorn, judgeForm } from "./form";
import { judgeGuards } from "./guards";
import { judgeSquawkFindings } from "./judgeSquawk";
import { PlannedSchema } from "./plannedSchema";
import type { Placed, Subject } from "./placed";
import type { SquawkFinding } from "./squawk";
import { CreatedLater, judgeMixture, judgeStatement, type Situation } from "./statements";
import { subjectOf } from "./subject";
import { judgeUndo } from "./undo";
import { EarlierObjects } from "../undo/earlier";
import { KnownViews } from "./views";

/** Context beside the changesets. */
export interface JudgeOptions extends Pick<SqlLintOptions, "catalog" | "defaultSchema" | "trackingTables"> {
    /** Squawk's findings, by `keyOf` the changeset. */
    squawk?: ReadonlyMap<string, SquawkFinding[]>;
    /** Runs squawk on what it does not look into by itself. */
    runSquawk?: RunSquawk;
}

/** Judges SQL by PostgreSQL's grammar, by squawk's findings, and by the plan as a whole. */
export class PostgresJudge implements SqlJudge {
    constructor(private readonly options: JudgeOptions) {}

    async judge(linted: LintSubject[], before: WrittenSql[]): Promise<SqlVerdict[]> {
        const { catalog, defaultSchema = "public", trackingTables, squawk, runSquawk } = this.options;
        const schema = new PlannedSchema(defaultSchema, catalog);
        await observeBefore(schema, before);
        const subjects: Subject[] = [];
        for (const one of linted) {
            subjects.push(await subjectOf(one));
        }
        const known = { trackingTables, pathSchemas: [...new Set(["public", defaultSchema])] };
        const objects = new EarlierObjects(defaultSchema, catalog);
        const views = await KnownViews.of(catalog ?? [], subjects, (name) => schema.key(name));
        const inBlocks = await squawkInBlocks(subjects, runSquawk);
        return subjects.map((subject) => {
            const { content, dismissals } = judgeStatements(
                subject,
                { schema, views },
                squawk?.get(subject.key) ?? [],
                inBlocks,
            );
            return {
                form: judgeForm(subject),
                content: [...judgeGuards(subject, known), ...content, ...judgeUndo(subject, objects, defaultSchema)],
                dismissals,
                withoutEchoes: (complaints) => withoutEchoes(complaints, subject),
            };
        });
    }
}

/** Collects what holds before the first pending changeset: constraints of changesets that ran long ago. */
async function observeBefore(schema: PlannedSchema, before: WrittenSql[]): Promise<void> {
    for (const { sql } of before) {
        for (const { text } of sql.filter((written) => /constraint/i.test(written.text))) {
            (await statementsOf(text)).forEach(({ effect }) => schema.observeConstraints(effect));
        }
    }
}

function judgeStatements(
    subject: Subject,
    { schema, views }: Pick<Situation, "schema" | "views">,
    found: SquawkFinding[],
    inBlocks: FoundInBlocks,
): Pick<SqlVerdict, "content" | "dismissals"> {
    const complaints: Complaint[][] = [];
    const dismissals: SqlVerdict["dismissals"] = [];
    const own = createdTables(subject, schema);
    const inUse = judgeMixture(
        subject,
        (table) => schema.creatorOf(table) === undefined && !own.has(schema.key(table)),
    );
    const byStatement = groupByStatement(found, subject.statements);
    const created = new CreatedLater(subject.statements);
    subject.statements.forEach((placed, index) => {
        created.pass(placed);
        const situation = { ...placed, schema, views, later: created };
        const here = byStatement.get(index) ?? [];
        const verdict = judgeSquawkFindings(here, situation);
        complaints.push([...verdict.complaints, ...judgeStatement(situation), ...judgeBlocks(situation, inBlocks)]);
        dismissals.push(...verdict.dismissals);
        const { effect } = placed;
        if (effect.kind !== "createTable" || !effect.untilCommit || subject.changeset.runInTransaction) {
            schema.observe(effect, subject.key);
        }
        views.observe(effect);
        placed.statement.inner.forEach(({ effect, runs }) => {
            schema.observeInner(effect, runs);
            if (runs) views.observe(effect);
        });
    });
    schema.endChangeset(subject.key, subject.mayNotRun);
    const outside = byStatement.get(-1) ?? [];
    complaints.push(outside.map(({ rule, message }) => ({ rule, what: message })));
    return { content: [...complaints.flat(), ...inUse], dismissals };
}

function createdTables({ statements }: Subject, schema: PlannedSchema): Set<string> {
    const tables = statements.flatMap(({ effect }) =>
        effect.kind === "createTable" && !effect.ifNotExists && !schema.existed(effect.table) ? [effect.table] : [],
    );
    // A temporary table takes precedence under its bare name.
    const names = tables.flatMap((table) => (table.schema === "pg_temp" ? [table, { name: table.name }] : [table]));
    return new Set(names.map((name) => schema.key(name)));
}

/** Assigns each finding to the statement at or before its position; -1 is before the first. */
function groupByStatement(found: SquawkFinding[], statements: Placed[]): Map<number, SquawkFinding[]> {
    const groups = new Map<number, SquawkFinding[]>();
    let index = -1;
    for (const finding of [...found].sort((one, other) => one.position - other.position)) {
        while (index + 1 < statements.length && statements[index + 1]!.statement.start <= finding.position) {
            index++;
        }
        const group = groups.get(index);
        if (group) {
            group.push(finding);
        } else {
            groups.set(index, [finding]);
        }
    }
    return groups;
}

const ofRollback = "Its rollback: ";
/** Rules about what no parser can read. */
const unreadable: Complaint["rule"][] = ["unreadable-sql", "client-command", "unnamed-constraint", "question-mark"];

/**
 * Drops complaints that another one explains: a body that was split cannot be parsed, and its pieces are not
 * statements.
 */
function withoutEchoes(complaints: Complaint[], { statements, undo }: Subject): Complaint[] {
    const torn = statements.some(isTorn);
    const tornUndo = undo.some(isTorn);
    const found = new Set(complaints.map(({ rule }) => rule));
    const seen = new Set<string>();
    return complaints.filter(({ rule, what, line }) => {
        const isEcho = {
            "syntax-error": torn || unreadable.some((one) => found.has(one)) || seen.has(rule),
            "unreadable-sql":
                (what.startsWith(ofRollback) ? tornUndo : torn) ||
                found.has("client-command") ||
                (found.has("unstorable-text") && what.includes("U+0000")),
            "transaction-nesting": torn || seen.has(`${rule} ${line}`),
        }[rule as string];
        seen.add(`${rule} ${line}`).add(rule);
        return !isEcho;
    });
}
