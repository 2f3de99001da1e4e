import type { Complaint, SqlVerdict } from "../../linter";
import type { Action, Name } from "../sql/effect";
import { lineAt } from "../../../positions";
import { excerpt } from "./placed";
import type { SquawkFinding } from "./squawk";
import type { SquawkRule } from "./squawkRules";
import { Situation } from "./statements";

/** Rules about the effect of a lock or a loss on users of a table: a table that this plan creates has none. */
const aboutTablesInUse = new Set<SquawkRule>([
    "require-concurrent-index-creation",
    "require-concurrent-index-deletion",
    "require-concurrent-reindex",
    "require-concurrent-partition-detach",
    "constraint-missing-not-valid",
    "adding-foreign-key-constraint",
    "adding-not-nullable-field",
    "changing-column-type",
    "adding-field-with-default",
    "adding-serial-primary-key-field",
    "disallowed-unique-constraint",
    "adding-required-field",
    "renaming-column",
    "renaming-table",
    "ban-drop-table",
    "ban-drop-column",
    "ban-drop-not-null",
    "ban-truncate-cascade",
    "prefer-repack",
]);

/** Rules that repeat what a more specific one says about the same action. */
const coveredBy: Partial<Record<SquawkRule, SquawkRule[]>> = {
    // NOT VALID does not exist for keys, and foreign keys have their own rule.
    "constraint-missing-not-valid": [
        "adding-foreign-key-constraint",
        "disallowed-unique-constraint",
        "adding-serial-primary-key-field",
    ],
    "prefer-text-field": ["changing-column-type"],
    "prefer-identity": ["adding-serial-primary-key-field"],
};

export interface SquawkVerdict {
    complaints: Complaint[];
    dismissals: SqlVerdict["dismissals"];
}

/** Keeps those of squawk's findings about one statement that the plan does not disprove. */
export function judgeSquawkFindings(found: SquawkFinding[], situation: Situation): SquawkVerdict {
    const verdict: SquawkVerdict = { complaints: [], dismissals: [] };
    for (const finding of found) {
        if (isCovered(finding, found, situation)) {
            continue;
        }
        const reason = disproof(finding, situation);
        if (reason !== undefined) {
            verdict.dismissals.push({ rule: finding.rule, reason });
        } else {
            verdict.complaints.push(complaintOf(finding, situation));
        }
    }
    return verdict;
}

function complaintOf({ rule, message, position }: SquawkFinding, situation: Situation): Complaint {
    const { statement, line, sameLines } = situation;
    const inside = position - statement.start;
    // The rest of squawk's text is reasons; the catalogue has its own.
    const [words = message] = message.split(/\.(?:\s|$)/);
    return {
        rule,
        what: `${words}: ${excerpt(statement, inside)}`,
        line: line !== undefined && sameLines ? line + lineAt(statement.text, inside) - 1 : line,
    };
}

function isCovered({ rule, position }: SquawkFinding, found: SquawkFinding[], situation: Situation): boolean {
    const better = coveredBy[rule] ?? [];
    const action = actionAt(position, situation);
    return found.some((other) => better.includes(other.rule) && actionAt(other.position, situation) === action);
}

/** Why the finding does not apply; undefined if it does. */
function disproof({ rule, position }: SquawkFinding, situation: Situation): string | undefined {
    const { effect, schema, later } = situation;
    if (rule === "adding-not-nullable-field" && effect.kind === "alterTable") {
        const column = actionAt(position, situation)?.command.name;
        if (column !== undefined && schema.provesNotNull(effect.table, column)) {
            return `a validated check already proves that ${effect.table.name}.${column} has no NULL, so the table is not scanned`;
        }
    }
    if (rule === "adding-foreign-key-constraint" && effect.kind === "alterTable") {
        const column = columnWithoutValues(actionAt(position, situation));
        if (column !== undefined) {
            return `${effect.table.name}.${column} is new and has no values, so no row is checked`;
        }
    }
    if (rule === "renaming-table" && effect.kind === "alterTable" && later.has("table", effect.table)) {
        return `the same changeset creates ${effect.table.name} again, so the old name keeps working`;
    }
    return aboutTablesInUse.has(rule) ? newness(rule, situation) : undefined;
}

/** The column that the action adds, if it is NULL in every row that is there. */
function columnWithoutValues(action: Action | undefined): string | undefined {
    const { subtype, def } = action?.command ?? {};
    const column = subtype === "AT_AddColumn" && def && "ColumnDef" in def ? def.ColumnDef : undefined;
    const filled = column?.constraints?.some(
        (constraint) =>
            "Constraint" in constraint &&
            ["CONSTR_DEFAULT", "CONSTR_IDENTITY", "CONSTR_GENERATED"].includes(constraint.Constraint.contype ?? ""),
    );
    return filled ? undefined : column?.colname;
}

function newness(rule: SquawkRule, { effect, schema }: Situation): string | undefined {
    if (effect.kind === "drop" && effect.object === "index") {
        return effect.names.every((name) => schema.isNewIndex(name))
            ? "the index and its table are new in this plan"
            : undefined;
    }
    const tables = tablesOf(effect);
    const [table] = tables;
    const creator = table && schema.creatorOf(table);
    if (creator === undefined || !tables.every((one) => schema.creatorOf(one) !== undefined)) {
        return undefined;
    }
    // Checking many new rows against a table in use holds that table's lock for just as long.
    if (rule === "adding-foreign-key-constraint" && !schema.isEmpty(table!)) {
        return undefined;
    }
    return `${table!.name} is new in this plan (${creator}), so no one uses it yet`;
}

function tablesOf(effect: Situation["effect"]): Name[] {
    switch (effect.kind) {
        case "alterTable":
        case "createIndex":
        case "createTrigger":
            return [effect.table];
        case "truncate":
        case "exclusive":
            return effect.tables;
        case "drop":
            return effect.names;
        default:
            return [];
    }
}

function actionAt(position: number, { effect, statement }: Situation): Action | undefined {
    const inside = position - statement.start;
    return effect.kind === "alterTable"
        ? effect.actions.find(({ start, end }) => inside >= start && inside < end)
        : undefined;
}
