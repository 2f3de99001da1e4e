import { closest } from "fastest-levenshtein";
import { type LintRule, lintRules } from "../../../components/lintRules";
import type { RuleText, SqlLinter } from "../engines/linter";
import type { MigrationTool } from "../tools/tool";
import type { Group, Level } from "./rule";
import { ownRules } from "./rules/own";
import { InternalError } from "../errors";

export type RuleName = LintRule;

/** The rules for one engine and one tool: the linter's own and theirs. */
export class Catalogue {
    /** In the order of the documentation. */
    readonly names: RuleName[];
    /** Comments that silence an external linter, which have no effect. */
    readonly silencing: SqlLinter["silencing"];
    private readonly texts: Readonly<Partial<Record<RuleName, RuleText>>>;

    constructor(
        linter: Pick<SqlLinter, "rules" | "silencing">,
        { name, terms, rules }: Pick<MigrationTool, "name" | "terms" | "rules">,
    ) {
        this.texts = { ...ownRules, ...rules, ...linter.rules({ ...terms, tool: name }) };
        this.silencing = linter.silencing;
        this.names = lintRules.filter((rule) => this.texts[rule] !== undefined);
    }

    isRule(name: string): name is RuleName {
        return Object.hasOwn(this.texts, name);
    }

    textOf(rule: RuleName): RuleText {
        const text = this.texts[rule];
        if (text === undefined) {
            throw new InternalError(`The rule ${rule} is not in the catalogue`);
        }
        return text;
    }

    /** The most likely rule for a misspelled name. */
    nearest(name: string): RuleName {
        return closest(name.toLowerCase(), this.names) as RuleName;
    }
}

/** `lenient` for environments where people experiment, `strict` for all others. */
export type Profile = "lenient" | "strict";

/** The default profile of an environment. */
export function profileOf(environment: string): Profile {
    return environment === "dev" ? "lenient" : "strict";
}

export const groupLevels: Record<Profile, Record<Group, Level>> = {
    lenient: {
        failing: "error",
        locking: "warning",
        destructive: "warning",
        guards: "warning",
        irreversible: "warning",
        breaking: "warning",
        ordering: "warning",
        style: "warning",
        optional: "off",
    },
    strict: {
        failing: "error",
        locking: "error",
        destructive: "error",
        guards: "error",
        irreversible: "error",
        breaking: "error",
        ordering: "error",
        style: "warning",
        optional: "off",
    },
};

/** Rules that cannot be waived: the migration tool or the server refuses anyway, or the waiver itself is wrong. */
const inexcusable = new Set<RuleName>(["edited-changeset", "invalid-waiver", "too-long", "unstorable-text"]);
/** What the database refuses in any case: always an error, also for `lint.yaml`. */
const refusedByDatabase = new Set<RuleName>(["too-long", "unstorable-text"]);

export function canBeWaived(rule: RuleName): boolean {
    return !inexcusable.has(rule);
}

export function canBeLowered(rule: RuleName): boolean {
    return !refusedByDatabase.has(rule);
}
