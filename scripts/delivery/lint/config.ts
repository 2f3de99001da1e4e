import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import * as z from "zod/mini";
import { InputError, messageOf } from "../errors";
import { groupLevels, isRule, Profile, ruleNames, rules } from "./catalogue";
import type { Levels } from "./finding";
import type { Level } from "./rule";
import { nearestRule } from "./waivers";

export interface LintConfig {
    environment: string;
    profile: Profile;
    levels: Levels;
    /** What becomes of a plan when somebody changed the database by hand since the last deployment. */
    drift: Level;
}

const lintConfigFile = "lint.yaml";

const allowedLevels = ["off", "warning", "error"] as const satisfies Level[];
const profiles = ["lenient", "strict"] as const satisfies Profile[];

const sectionSchema = z.strictObject({
    profile: z.optional(z.enum(profiles)),
    drift: z.optional(z.enum(allowedLevels)),
    rules: z.optional(z.record(z.string(), z.enum(allowedLevels))),
});
const fileSchema = z.extend(sectionSchema, { environments: z.optional(z.record(z.string(), sectionSchema)) });
type Section = z.infer<typeof sectionSchema>;
type LintFile = z.infer<typeof fileSchema>;

/**
 * The levels of an environment: `lint.yaml` in the migrations directory, or what holds without one. `dev` is lenient,
 * any other environment strict. What the file says for the environment wins over what it says for all.
 */
export function loadLintConfig(migrationsDirectory: string, environmentName: string): LintConfig {
    const file = path.join(migrationsDirectory, lintConfigFile);
    const given = fs.existsSync(file) ? parseFile(file) : {};
    return lintConfig(given, environmentName);
}

export function lintConfig(given: LintFile, environment: string): LintConfig {
    const own = given.environments?.[environment];
    const profile = own?.profile ?? given.profile ?? (environment === "dev" ? "lenient" : "strict");
    const byGroup = groupLevels[profile];
    const levels = Object.fromEntries(
        ruleNames.map((rule) => [rule, own?.rules?.[rule] ?? given.rules?.[rule] ?? byGroup[rules[rule].group]]),
    ) as Levels;
    const drift = own?.drift ?? given.drift ?? "warning";
    return { environment, profile, levels, drift };
}

function parseFile(file: string): LintFile {
    let content: unknown;
    try {
        content = parse(fs.readFileSync(file, "utf8")) ?? {};
    } catch (error) {
        throw new InputError(`${file} is no YAML: ${messageOf(error)}`);
    }
    const parsed = fileSchema.safeParse(content);
    const problems = [...(parsed.success ? [] : parsed.error.issues.map(describeIssue)), ...unknownRules(content)];
    if (!parsed.success || problems.length > 0) {
        throw new InputError([`${file}:`, ...problems.map((problem) => `  - ${problem}`)].join("\n"));
    }
    return parsed.data;
}

function describeIssue(issue: z.core.$ZodIssue): string {
    const place = issue.path.join(".");
    if (issue.code === "unrecognized_keys") {
        const where = place === "" ? "" : ` in ${place}`;
        const known = Object.keys((place === "" ? fileSchema : sectionSchema).shape).join(", ");
        return `unknown key ${issue.keys.join(", ")}${where}; allowed: ${known}`;
    }
    const allowed = issue.code === "invalid_value" ? `allowed: ${issue.values.join(", ")}` : issue.message;
    return `${place || "the file"}: ${allowed}`;
}

/** Also where a level beside it is wrong: all problems are told at once. */
function unknownRules(content: unknown): string[] {
    const { environments, ...common } = (content ?? {}) as { environments?: Record<string, Section> } & Section;
    const sections: [string, Section | undefined][] = [
        ["rules", common],
        ...Object.entries(isRecord(environments) ? environments : {}).map(
            ([name, section]): [string, Section | undefined] => [`environments.${name}.rules`, section],
        ),
    ];
    return sections.flatMap(([place, section]) =>
        Object.keys(isRecord(section?.rules) ? section.rules : {})
            .filter((name) => !isRule(name))
            .map((name) => `${place}: unknown rule ${name}; did you mean ${nearestRule(name)}?`),
    );
}

function isRecord(value: unknown): value is Record<string, never> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
