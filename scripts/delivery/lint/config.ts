import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import * as z from "zod/mini";
import { InputError, messageOf } from "../errors";
import { driftKey, type LintFloor, lintLevels } from "../../../components/lintRules";
import { canBeLowered, groupLevels, isRule, Profile, profileOf, RuleName, ruleNames, rules } from "./catalogue";
import type { Levels, Lowering, Pinned } from "./finding";
import { heavier, isLighter, type Level } from "./rule";
import { fixedRules, isFixed } from "./rules/fixed";
import { nearestRule } from "./waivers";

export interface LintConfig {
    environment: string;
    profile: Profile;
    levels: Levels;
    /** What becomes of a plan when somebody changed the database by hand since the last deployment. */
    drift: Level;
    /** What the stack's config pins. */
    pinned: Pinned;
    /** What `lint.yaml` lowers. */
    lowered: Lowering[];
}

const lintConfigFile = "lint.yaml";

const profiles = ["lenient", "strict"] as const satisfies Profile[];

const sectionSchema = z.strictObject({
    profile: z.optional(z.enum(profiles)),
    drift: z.optional(z.enum(lintLevels)),
    rules: z.optional(z.record(z.string(), z.enum(lintLevels))),
});
const fileSchema = z.extend(sectionSchema, { environments: z.optional(z.record(z.string(), sectionSchema)) });
type Section = z.infer<typeof sectionSchema>;
type LintFile = z.infer<typeof fileSchema>;

/**
 * The levels of an environment: `lint.yaml` in the migrations directory, or what holds without one, and never less than
 * the floor, which is not the repository's. `dev` is lenient, any other environment strict. What the file says for the
 * environment wins over what it says for all.
 */
export function loadLintConfig(migrationsDirectory: string, environmentName: string, floor?: LintFloor): LintConfig {
    const file = path.join(migrationsDirectory, lintConfigFile);
    const given = fs.existsSync(file) ? parseFile(file) : {};
    return lintConfig(given, environmentName, floor);
}

export function lintConfig(given: LintFile, environment: string, floor: LintFloor = {}): LintConfig {
    const byDefault = groupLevels[profileOf(environment)];
    const chosen = profileIn(given, environment);
    const byProfile = (rule: RuleName): Said | undefined =>
        chosen && { level: groupLevels[chosen.profile][rules[rule].group], key: chosen.key };
    const pinned: Pinned = (rule) => floor[rule] ?? floor[rules[rule].group] ?? "off";
    const decisions = ruleNames.map((rule) =>
        decide(rule, byDefault[rules[rule].group], ruleIn(given, environment, rule) ?? byProfile(rule), pinned(rule)),
    );
    const drift = decide(driftKey, "warning", driftIn(given, environment), floor[driftKey] ?? "off");
    return {
        environment,
        profile: chosen?.profile ?? profileOf(environment),
        levels: Object.fromEntries(decisions.map(({ rule, level }) => [rule, level])) as Levels,
        drift: drift.level,
        pinned,
        lowered: [...decisions, drift].flatMap(({ lowered }) => lowered),
    };
}

/** What `lint.yaml` says of something, and where. */
interface Said {
    level: Level;
    key: string;
}

/** The level that holds: what the file says, raised to what is pinned; and whether the file asks for less than there was. */
function decide<R extends Lowering["rule"]>(
    rule: R,
    byDefault: Level,
    said: Said | undefined,
    pinned: Level,
): { rule: R; level: Level; lowered: Lowering[] } {
    const from = heavier(byDefault, pinned);
    const level = heavier(said?.level ?? byDefault, pinned);
    if (said === undefined || !isLighter(said.level, from)) {
        return { rule, level, lowered: [] };
    }
    const asked = said.level === level ? {} : { asked: said.level };
    return { rule, level, lowered: [{ rule, from, to: level, ...asked, file: lintConfigFile, key: said.key }] };
}

function profileIn(given: LintFile, environment: string): { profile: Profile; key: string } | undefined {
    const own = given.environments?.[environment]?.profile;
    return own === undefined
        ? given.profile && { profile: given.profile, key: "profile" }
        : { profile: own, key: `environments.${environment}.profile` };
}

function ruleIn(given: LintFile, environment: string, rule: RuleName): Said | undefined {
    const own = given.environments?.[environment]?.rules?.[rule];
    const common = given.rules?.[rule];
    return own === undefined
        ? common && { level: common, key: "rules" }
        : { level: own, key: `environments.${environment}.rules` };
}

function driftIn(given: LintFile, environment: string): Said | undefined {
    const own = given.environments?.[environment]?.drift;
    return own === undefined
        ? given.drift && { level: given.drift, key: driftKey }
        : { level: own, key: `environments.${environment}.${driftKey}` };
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
        Object.entries(isRecord(section?.rules) ? section.rules : {}).flatMap(([name, level]) => {
            const problem = problemOfRule(name, level);
            return problem === undefined ? [] : [`${place}: ${problem}`];
        }),
    );
}

function problemOfRule(name: string, level: unknown): string | undefined {
    if (isFixed(name)) {
        return `${name} is an error everywhere; take it out. ${fixedRules[name].instead}`;
    }
    if (!isRule(name)) {
        return `unknown rule ${name}; did you mean ${nearestRule(name)}?`;
    }
    return canBeLowered(name) || level === "error"
        ? undefined
        : `${name} is an error everywhere, for the database refuses it; take it out. ${rules[name].instead}`;
}

function isRecord(value: unknown): value is Record<string, never> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
