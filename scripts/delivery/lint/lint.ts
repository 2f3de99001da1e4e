import { keyOf } from "../changesets";
import { rules } from "./catalogue";
import { Dismissal, Finding, LintChangeset, LintContext, SquawkFinding, Verdict } from "./finding";
import { PlannedSchema } from "./plannedSchema";
import { type FoundInBlocks, judgeBlocks, squawkInBlocks } from "./rules/blocks";
import { Complaint, Placed, Subject } from "./rules/complaint";
import { judgeSquawkFindings } from "./rules/judgeSquawk";
import { judgeGuards } from "./rules/guards";
import { judgeEdit, looseKey, Order } from "./rules/order";
import { CreatedLater, judgeMixture, judgeStatement } from "./rules/statements";
import { judgeStorable } from "./rules/storable";
import { isTorn, judgeStructure } from "./rules/structure";
import type { SourceChangeset } from "./source/changeset";
import { statementsOf } from "./sql/read";
import { subjectOf } from "./subject";
import { waiversOf } from "./waivers";

/** What the rules hold against the pending changesets, and what the plan itself disproves. */
export async function examine(changesets: LintChangeset[], context: LintContext): Promise<Verdict> {
    const sources = new Map(context.changelog.map((source) => [looseKey(source), source]));
    const order = new Order(context.changelog, context.applied);
    const schema = await schemaBefore(changesets, context);
    const verdict: Verdict = { findings: [], dismissals: [] };
    const subjects: Subject[] = [];
    for (const changeset of changesets) {
        subjects.push(await subjectOf(changeset, sources.get(looseKey(changeset))));
    }
    const inBlocks = await squawkInBlocks(subjects, context.runSquawk);
    for (const subject of subjects) {
        const found = context.squawk?.get(subject.key) ?? [];
        const { complaints, dismissals } = judgeStatements(subject, schema, found, inBlocks);
        const all = [
            ...judgeStorable(subject),
            ...judgeStructure(subject),
            ...order.judge(subject),
            ...judgeGuards(subject),
            ...complaints,
        ];
        verdict.findings = verdict.findings.concat(findingsOf(subject, withoutEchoes(all, subject), context));
        verdict.dismissals.push(...dismissals.filter(({ rule }) => context.levels[rule] !== "off"));
    }
    verdict.findings.push(...editedFindings(sources, context), ...unreadFindings(context));
    return verdict;
}

/** What is known before the first pending changeset: constraints that ran long ago. */
async function schemaBefore(
    changesets: LintChangeset[],
    { changelog, defaultSchema, catalog }: LintContext,
): Promise<PlannedSchema> {
    const schema = new PlannedSchema(defaultSchema ?? "public", catalog);
    const pending = new Set(changesets.map(looseKey));
    for (const source of changelog.filter((one) => !pending.has(looseKey(one)))) {
        for (const { text } of source.sql.filter((sql) => /constraint/i.test(sql.text))) {
            (await statementsOf(text)).forEach(({ deed }) => schema.observeConstraints(deed));
        }
    }
    return schema;
}

function judgeStatements(
    subject: Subject,
    schema: PlannedSchema,
    found: SquawkFinding[],
    inBlocks: FoundInBlocks,
): { complaints: Complaint[]; dismissals: Dismissal[] } {
    const complaints: Complaint[][] = [];
    const dismissals: Dismissal[] = [];
    const own = createdTables(subject, schema);
    const inUse = judgeMixture(
        subject,
        (table) => schema.creatorOf(table) === undefined && !own.has(schema.key(table)),
    );
    const byStatement = groupByStatement(found, subject.statements);
    const created = new CreatedLater(subject.statements);
    subject.statements.forEach((placed, index) => {
        created.pass(placed);
        const situation = { ...placed, schema, later: created };
        const here = byStatement.get(index) ?? [];
        const verdict = judgeSquawkFindings(here, situation);
        complaints.push([...verdict.complaints, ...judgeStatement(situation), ...judgeBlocks(situation, inBlocks)]);
        dismissals.push(...verdict.dismissals.map((dismissal) => ({ ...dismissal, changeset: subject.key })));
        const { deed } = placed;
        if (deed.kind !== "createTable" || !deed.untilCommit || subject.changeset.runInTransaction) {
            schema.observe(deed, subject.key);
        }
        placed.statement.inner.forEach(({ deed, runs }) => schema.observeInner(deed, runs));
    });
    schema.endChangeset(subject.key, mayNotRun(subject.changeset));
    const outside = byStatement.get(-1) ?? [];
    complaints.push(outside.map(({ rule, message }) => ({ rule, what: message })));
    return { complaints: [...complaints.flat(), ...inUse], dismissals };
}

/** Whether the release goes on without it: what it creates is then new to itself only. */
function mayNotRun({ preconditions, failOnError }: LintChangeset): boolean {
    const { onFail = "HALT", onError = "HALT" } = preconditions?.attributes ?? {};
    return failOnError === false || onFail !== "HALT" || onError !== "HALT";
}

function createdTables({ statements }: Subject, schema: PlannedSchema): Set<string> {
    const tables = statements.flatMap(({ deed }) =>
        deed.kind === "createTable" && !deed.ifNotExists && !schema.existed(deed.table) ? [deed.table] : [],
    );
    // A temporary table comes first under its bare name.
    const names = tables.flatMap((table) => (table.schema === "pg_temp" ? [table, { name: table.name }] : [table]));
    return new Set(names.map((name) => schema.key(name)));
}

/** A position belongs to the statement that it is in or after; -1 is what comes before all. */
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

/** What another complaint explains: a body that was torn apart cannot be read, and its pieces are no statements. */
function withoutEchoes(complaints: Complaint[], { statements }: Subject): Complaint[] {
    const torn = statements.some(isTorn);
    const found = new Set(complaints.map(({ rule }) => rule));
    const seen = new Set<string>();
    return complaints.filter(({ rule, what, line }) => {
        const isEcho = {
            "syntax-error": torn || found.has("unreadable-sql") || seen.has(rule),
            "unreadable-sql": torn || (found.has("unstorable-text") && what.includes("U+0000")),
            "transaction-nesting": torn || seen.has(`${rule} ${line}`),
        }[rule as string];
        const isNew = !isEcho && !seen.has(`${rule} ${line} ${what}`);
        seen.add(`${rule} ${line} ${what}`).add(`${rule} ${line}`).add(rule);
        return isNew;
    });
}

function findingsOf({ key, changeset, source }: Subject, complaints: Complaint[], context: LintContext): Finding[] {
    const waivers = source ? waiversOf(source) : [];
    const invalid = waivers.flatMap((waiver): Complaint[] =>
        waiver.valid ? [] : [{ rule: "invalid-waiver", what: waiver.problem, line: waiver.line }],
    );
    const reasons = new Map(waivers.flatMap((waiver) => (waiver.valid ? [[waiver.rule, waiver.reason] as const] : [])));
    return [...complaints, ...invalid].flatMap((complaint) => {
        const place = { file: source?.path ?? changeset.file, line: complaint.line ?? source?.line, changeset: key };
        return findingOf(complaint, place, context, reasons.get(complaint.rule));
    });
}

function findingOf(
    { rule, what }: Complaint,
    place: Pick<Finding, "file" | "line" | "changeset">,
    { levels, pinned }: LintContext,
    waived?: string,
): Finding[] {
    const { [rule]: level } = levels;
    const { why, instead } = rules[rule];
    if (level === "off") {
        return [];
    }
    const least = pinned?.(rule) ?? "off";
    if (waived === undefined || least === "off") {
        return [{ rule, level, ...place, what, why, instead, ...(waived === undefined ? {} : { waived }) }];
    }
    return [{ rule, level: least, ...place, what, why, instead, waived, pinned: true }];
}

function editedFindings(sources: Map<string, SourceChangeset>, context: LintContext): Finding[] {
    return (context.edited ?? []).flatMap((edited) => {
        const source = sources.get(looseKey(edited));
        const place = { file: source?.path ?? edited.file, line: source?.line, changeset: keyOf(edited) };
        return judgeEdit(edited, source).flatMap((complaint) => findingOf(complaint, place, context));
    });
}

function unreadFindings(context: LintContext): Finding[] {
    return (context.unread ?? []).flatMap(({ file, reason }) =>
        findingOf({ rule: "unreadable-changelog", what: `It was not read: ${reason}.` }, { file }, context),
    );
}
