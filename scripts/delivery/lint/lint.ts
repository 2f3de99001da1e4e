import { keyOf } from "../changesets";
import type { LintSubject, RuleText } from "../engines/linter";
import type { SourceChangeset } from "../tools/sources";
import { Finding, LintChangeset, LintContext, Verdict } from "./finding";
import { losesData } from "./losses";
import type { Complaint, Subject } from "./rules/complaint";
import { HistoryRules } from "./rules/history";
import { judgeEdit, looseKey, Order } from "./rules/order";
import { judgeParameters } from "./rules/parameters";
import { judgeRollback } from "./rules/rollback";
import { judgeStorable } from "./rules/storable";
import { waiversOf } from "./waivers";

/** The rules' findings about the pending changesets, and what the plan itself disproves. */
export async function examine(changesets: LintChangeset[], context: LintContext): Promise<Verdict> {
    const sources = new Map(context.sources.map((source) => [looseKey(source), source]));
    const order = new Order(context.sources, context.applied);
    const history = new HistoryRules(context);
    const pending = new Set(changesets.map(looseKey));
    const before = context.sources.filter((source) => !pending.has(looseKey(source)));
    const subjects = changesets.map((changeset): Subject => ({
        changeset,
        key: keyOf(changeset),
        source: sources.get(looseKey(changeset)),
    }));
    const verdicts =
        subjects.length === 0
            ? []
            : await context.sql.judge(
                  subjects.map((subject) => lintSubject(subject, context.tool)),
                  before,
              );
    const losses: string[] = [];
    const verdict: Verdict = { findings: [], dismissals: [], losses };
    for (const [index, subject] of subjects.entries()) {
        const { form, content, dismissals, withoutEchoes } = verdicts[index]!;
        const all = [
            ...judgeStorable(subject, context.tool.tracking.history, context.unstorable),
            ...judgeRollback(subject, context.tool.name),
            ...(subject.source?.issues ?? []),
            ...judgeParameters(subject, context.parameters ?? []),
            ...form,
            ...order.judge(subject),
            ...history.judge(subject.changeset),
            ...content,
        ];
        if (all.some(losesData)) losses.push(subject.key);
        verdict.findings = verdict.findings.concat(findingsOf(subject, once(withoutEchoes(all)), context));
        const kept = dismissals.filter(({ rule }) => context.levels[rule] !== "off");
        verdict.dismissals.push(...kept.map(({ rule, reason }) => ({ rule, reason, changeset: subject.key })));
    }
    verdict.findings.push(...editedFindings(sources, context), ...unreadFindings(context));
    verdict.findings.push(...issueFindings(pending, context));
    verdict.findings.push(
        ...history.judgeRest().flatMap(({ file, ...complaint }) => findingOf(complaint, { file }, context)),
    );
    return verdict;
}

/** What belongs to no pending changeset: no other run would report it. What ran is as it is. */
function issueFindings(pending: Set<string>, context: LintContext): Finding[] {
    const applied = new Set(context.applied.map(looseKey));
    const never = context.sources.filter((source) => {
        const key = looseKey(source);
        return source.issues !== undefined && !pending.has(key) && !applied.has(key);
    });
    return [
        ...(context.issues ?? []).flatMap(({ file, line, ...complaint }) =>
            findingOf(complaint, { file, line }, context),
        ),
        ...never.flatMap((source) =>
            source.issues!.flatMap(({ line, ...complaint }) =>
                findingOf(complaint, { file: source.path, line, changeset: keyOf(source) }, context),
            ),
        ),
    ];
}

function lintSubject({ changeset, key, source }: Subject, tool: LintContext["tool"]): LintSubject {
    return { changeset, key, written: source, mayNotRun: mayNotRun(changeset, tool) };
}

/** Whether the release may continue without it, so later changesets cannot count on what it creates. */
function mayNotRun({ preconditions, mayFail }: LintChangeset, tool: LintContext["tool"]): boolean {
    return mayFail === true || (preconditions !== undefined && tool.mayPassOver(preconditions));
}

/** Removes duplicate complaints. */
function once(complaints: Complaint[]): Complaint[] {
    const byText = new Map<string, Complaint>();
    for (const complaint of complaints) {
        const { rule, line, what } = complaint;
        const key = `${rule} ${line} ${what}`;
        if (!byText.has(key)) byText.set(key, complaint);
    }
    return [...byText.values()];
}

function findingsOf({ key, changeset, source }: Subject, complaints: Complaint[], context: LintContext): Finding[] {
    const waivers = source ? waiversOf(source, context.catalogue) : [];
    const invalid = waivers.flatMap((waiver): Complaint[] =>
        waiver.valid ? [] : [{ rule: "invalid-waiver", what: waiver.problem, line: waiver.line }],
    );
    const reasons = new Map(waivers.flatMap((waiver) => (waiver.valid ? [[waiver.rule, waiver.reason] as const] : [])));
    return [...complaints, ...invalid].flatMap((complaint) => {
        const place = { file: source?.path ?? changeset.file, line: complaint.line ?? source?.line, changeset: key };
        return findingOf(complaint, place, context, reasons.get(complaint.rule));
    });
}

/** The kind of a file, by its name. */
function formatOf(file: string): keyof NonNullable<RuleText["insteadIn"]> {
    const [, extension = ""] = /\.(\w+)$/.exec(file.toLowerCase()) ?? [];
    return extension === "xml" || extension === "json" ? extension : /^ya?ml$/.test(extension) ? "yaml" : "sql";
}

function findingOf(
    { rule, what }: Complaint,
    place: Pick<Finding, "file" | "line" | "changeset">,
    { catalogue, levels, pinned }: LintContext,
    waived?: string,
): Finding[] {
    const { [rule]: level } = levels;
    const { why, instead: general, insteadIn } = catalogue.textOf(rule);
    const instead = insteadIn?.[formatOf(place.file)] ?? general;
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
