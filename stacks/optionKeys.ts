import * as v from "valibot";
import { allowedRoleName, roleNamePattern } from "../components/codeBuild/databaseUsers";
import { roleData } from "../components/databaseRoles";
import { lintFloorAllowed, lintFloorProblems } from "../components/lintRules";
import { areWords, type OptionRow, wordsAllowed } from "../components/optionRow";
import { type ConfigOption, type ConfigOptions, optionRows } from "../components/options";
import { dev } from "./dev";
import { choice, described, flag, json, type KeySchema, text, wholeNumber } from "./keyKinds";
import { prod } from "./prod";

// The config keys of a build's options, from the table in components/options.ts.

type Shape = { [Key in ConfigOption]: KeySchema<NonNullable<ConfigOptions[Key]>> };

export function optionKeys(): Shape {
    const keys = optionRows().flatMap(([key, row]) => (row.config ? [[key, keyOf(key, row, row.config)]] : []));
    return Object.fromEntries(keys) as Shape;
}

function keyOf(key: string, row: OptionRow, config: NonNullable<OptionRow["config"]>): KeySchema<unknown> {
    const description = `${config.description} Default: ${defaultOf(key, row)}.`;
    const example = String(config.example);
    switch (row.type) {
        case "wholeNumber":
            return wholeNumber(...row.range, row.unit, description, Number(example));
        case "flag":
            return flag(description, config.example === true);
        case "choice":
            return choice(row.values, description, example);
        case "text":
            return text(row.pattern, { description, allowed: row.allowed, example });
        case "roleName":
            return text(roleNamePattern, { description, allowed: allowedRoleName, example });
        case "schedule":
            return text(/^(never|rate\([1-9]\d* (minutes?|hours?|days?)\)|cron\(\S+( \S+){5}\))$/, {
                description,
                allowed: "never, or a schedule of EventBridge in UTC",
                example,
            });
        case "roleData": {
            const { allowed, problems } = roleData[row.key];
            return described(json(v.custom((given) => problems(given).length === 0)), {
                description,
                allowed,
                example,
            });
        }
        case "words":
            return described(json(v.custom((given) => areWords(row.words, given))), {
                description,
                allowed: wordsAllowed(row.words),
                example,
            });
        case "lintLevels":
            return described(json(v.custom((floor) => lintFloorProblems(floor).length === 0)), {
                description,
                allowed: lintFloorAllowed,
                example,
            });
    }
}

/**
 * The value that applies without the key: that of the profiles if one of them sets it, otherwise the option's own
 * default.
 */
function defaultOf(key: string, row: OptionRow): string {
    const profiles = { dev, prod } as unknown as Record<string, Record<string, unknown>>;
    if (Object.values(profiles).some((profile) => key in profile)) {
        return Object.entries(profiles)
            .map(([name, { [key]: value }]) => `${name} ${shown(value)}`)
            .join(", ");
    }
    if (row.type === "words") {
        return "every plan";
    }
    if (row.type === "roleData" || (row.type === "text" && row.default === undefined)) {
        return "none";
    }
    return row.type === "roleName"
        ? `the database's name and _${row.suffix}`
        : shown("default" in row ? row.default : undefined);
}

function shown(value: unknown): string {
    if (value === undefined) {
        return "never";
    }
    return typeof value === "object"
        ? levelsOf(value as Record<string, string>)
        : `${value as string | number | boolean}`;
}

/** `locking and style warning, guards error`. */
function levelsOf(floor: Record<string, string>): string {
    const levels = [...new Set(Object.values(floor))].map((level) => {
        const names = Object.keys(floor).filter((name) => floor[name] === level);
        const last = names.pop();
        return `${names.length > 0 ? `${names.join(", ")} and ` : ""}${last} ${level}`;
    });
    return levels.join(", ") || "{}";
}
