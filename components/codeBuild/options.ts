import type * as pulumi from "@pulumi/pulumi";
import { InternalError } from "../errorDefinition";
import { lintFloorAllowed, lintFloorProblems } from "../lintRules";
import { actionsText, areWords, hasOption, type OptionRow, wordsAllowed } from "../optionRow";
import { type OptionName, optionRows } from "../options";
import { flag, isGroup } from "../shared/shape";
import { matching, oneOf, type Rule, wholeNumber } from "../shared/validation";

// Applies the options table to a build: the rules of its args, their defaults, and the variables of its project.

/** The part of a build's args that its options depend on, by the paths of the args. */
interface Build {
    action: string;
    tool?: string;
}

/** An option whose arg, rule and variable are generated from its row alone. */
type GeneratedRow = OptionRow & { arg: string; doc: string };

function generatedRows(): [OptionName, GeneratedRow][] {
    return optionRows().filter((entry): entry is [OptionName, GeneratedRow] => entry[1].doc !== undefined);
}

export function optionRules(build: Build): Rule[] {
    return generatedRows().flatMap(([, row]) => {
        const given = valueAt(build, row.arg);
        return [...elsewhereRules(row, given, build), valueRule(row, given)];
    });
}

/** Builds without the option do not take its arg; for an option in a group, the rule of the group says so too. */
function elsewhereRules(row: GeneratedRow, given: unknown, build: Build): Rule[] {
    const { arg, elsewhere: fix } = row;
    const off = given === undefined || (row.type === "flag" && given !== true);
    const allowed = `nothing but with ${actionsText(row)}${arg.includes(".") ? "" : ', and not with tool "Custom"'}`;
    return fix === undefined
        ? []
        : [{ arg, kind: "Conflict", given, valid: off || hasOption(row, build), allowed, fix }];
}

function valueRule(row: GeneratedRow, given: unknown): Rule {
    const { arg } = row;
    switch (row.type) {
        case "wholeNumber": {
            const [min, max] = row.range;
            return wholeNumber(arg, given, { min, max, unit: row.unit }, `Leave it out for ${row.default}.`);
        }
        case "flag":
            return flag(arg, given);
        case "choice":
            return oneOf(arg, given, Object.values(row.values), `Leave it out for "${row.default}".`);
        case "lintLevels":
            return {
                arg,
                kind: isGroup(given) ? "Malformed" : "WrongType",
                given,
                valid: given === undefined || lintFloorProblems(given).length === 0,
                allowed: lintFloorAllowed,
                fix: 'For example { locking: "warning", "ban-drop-table": "error" }.',
            };
        case "words":
            return {
                arg,
                kind: Array.isArray(given) ? "Malformed" : "WrongType",
                given,
                valid: given === undefined || areWords(row.words, given),
                allowed: wordsAllowed(row.words),
                fix: "Leave it out for every plan.",
            };
        case "text":
            return matching(
                arg,
                given,
                row.pattern,
                row.allowed,
                row.default === undefined
                    ? `For example "${row.config?.example}".`
                    : `Leave it out for "${row.default}".`,
            );
        default:
            throw new InternalError(
                `The arg ${arg} is a ${row.type}, for which no rules are generated: write them by hand.`,
            );
    }
}

/** The defaults of generated args, by name: those of one group, or those outside all groups. */
export function argDefaults(group?: string): Record<string, unknown> {
    const prefix = group === undefined ? "" : `${group}.`;
    return Object.fromEntries(
        generatedRows().flatMap(([, row]) => {
            const name = row.arg.slice(prefix.length);
            const here = row.arg.startsWith(prefix) && !name.includes(".");
            return here && "default" in row ? [[name, row.default]] : [];
        }),
    );
}

/** An example of a group of args: `{ lockTimeoutMilliseconds: 2000 }`. */
export function groupExample(group: string): string {
    const [[, row]] = generatedRows().filter(([, { arg, config }]) => config && arg.startsWith(`${group}.`)) as [
        [OptionName, GeneratedRow],
    ];
    return `{ ${row.arg.slice(group.length + 1)}: ${row.config?.example} }`;
}

/** The variables of a build's options: from its args, or from values that the component has. */
export function optionVariables(
    build: Build,
    values: { [Name in OptionName]?: pulumi.Input<string> },
): [name: string, value: pulumi.Input<string>][] {
    return optionRows().flatMap(([name, row]) => {
        const has = row.variable !== undefined && hasOption(row, build);
        const value = has ? (values[name] ?? variableOf(row, build)) : undefined;
        return value === undefined ? [] : [[row.variable!, value]];
    });
}

/** Values that equal the delivery program's defaults are omitted. */
function variableOf(row: OptionRow, build: Build): string | undefined {
    if (row.doc === undefined) {
        return undefined;
    }
    const value = valueAt(build, row.arg!) ?? ("default" in row ? row.default : undefined);
    switch (row.type) {
        case "flag":
            return value === true ? "true" : undefined;
        case "lintLevels":
            return Object.keys(value ?? {}).length > 0 ? JSON.stringify(value) : undefined;
        case "words":
            return value === undefined ? undefined : JSON.stringify(value);
        case "text":
            return value === row.default ? undefined : (value as string | undefined);
        default:
            return `${value as string | number}`;
    }
}

/** The value at a path such as `guards.lockTimeoutMilliseconds`; undefined where it or its group is absent. */
export function valueAt(args: unknown, path: string): unknown {
    return path.split(".").reduce((group: unknown, name) => (isGroup(group) ? group[name] : undefined), args);
}
