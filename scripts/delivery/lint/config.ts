import * as fs from "node:fs";
import * as path from "node:path";
import * as v from "valibot";
import { parse } from "yaml";
import { inputErrors, messageOf } from "../errors";
import { driftKey, type LintFloor, lintLevels } from "../../../components/lintRules";
import { canBeLowered, type Catalogue, groupLevels, Profile, profileOf, RuleName } from "./catalogue";
import type { Levels, Lowering, Pinned } from "./finding";
import { heavier, isLighter, type Level } from "./rule";
import { fixedRules, isFixed } from "./rules/fixed";

export interface LintConfig {
    /** The rules that the levels are for. */
    catalogue: Catalogue;
    environment: string;
    profile: Profile;
    levels: Levels;
    /** What a plan does about drift since the last deployment. */
    drift: Level;
    /** The levels pinned by the stack's config. */
    pinned: Pinned;
    /** The levels lowered by `lint.yaml`. */
    lowered: Lowering[];
}

const lintConfigFile = "lint.yaml";

const profiles = ["lenient", "strict"] as const satisfies Profile[];

const oneOf = <const T extends readonly string[]>(values: T) => v.picklist(values, `allowed: ${values.join(", ")}`);
const mustBeMap = "must be a map";
/** To the library an array is an object, too. */
const map = <T>(schema: v.GenericSchema<unknown, T>) =>
    v.pipe(
        v.unknown(),
        v.check((value) => !Array.isArray(value), mustBeMap),
        schema,
    );
const keysOfSection = {
    profile: v.optional(oneOf(profiles)),
    drift: v.optional(oneOf(lintLevels)),
    rules: v.optional(map(v.record(v.string(), oneOf(lintLevels), mustBeMap))),
};
/** A section of a file that may be wrong. */
interface Section {
    rules?: unknown;
}
const keysOfFile = {
    ...keysOfSection,
    environments: v.optional(map(v.record(v.string(), map(v.object(keysOfSection, mustBeMap)), mustBeMap))),
};
const fileSchema = map(v.object(keysOfFile, mustBeMap));
type LintFile = v.InferOutput<typeof fileSchema>;

/**
 * The levels of an environment: from `lint.yaml` in the migrations directory, or the defaults, and never below the
 * stack's minimum, which the repository cannot change. `dev` is lenient, any other environment strict. The file's entry
 * for the environment overrides its entry for all.
 */
export function loadLintConfig(
    catalogue: Catalogue,
    migrationsDirectory: string,
    environmentName: string,
    floor?: LintFloor,
): LintConfig {
    const file = path.join(migrationsDirectory, lintConfigFile);
    const given = fs.existsSync(file) ? parseFile(file, catalogue) : {};
    return lintConfig(catalogue, given, environmentName, floor);
}

export function lintConfig(
    catalogue: Catalogue,
    given: LintFile,
    environment: string,
    floor: LintFloor = {},
): LintConfig {
    const groupOf = (rule: RuleName) => catalogue.textOf(rule).group;
    const byDefault = groupLevels[profileOf(environment)];
    const chosen = profileIn(given, environment);
    const byProfile = (rule: RuleName): Said | undefined =>
        chosen && { level: groupLevels[chosen.profile][groupOf(rule)], key: chosen.key };
    const pinned: Pinned = (rule) => floor[rule] ?? floor[groupOf(rule)] ?? "off";
    const decisions = catalogue.names.map((rule) =>
        decide(rule, byDefault[groupOf(rule)], ruleIn(given, environment, rule) ?? byProfile(rule), pinned(rule)),
    );
    const drift = decide(driftKey, "warning", driftIn(given, environment), floor[driftKey] ?? "off");
    return {
        environment,
        profile: chosen?.profile ?? profileOf(environment),
        catalogue,
        levels: Object.fromEntries(decisions.map(({ rule, level }) => [rule, level])) as Levels,
        drift: drift.level,
        pinned,
        lowered: [...decisions, drift].flatMap(({ lowered }) => lowered),
    };
}

/** An entry of `lint.yaml`, and its location. */
interface Said {
    level: Level;
    key: string;
}

/** The effective level: the file's, raised to the pinned one; and whether the file asks for less than the default. */
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

function parseFile(file: string, catalogue: Catalogue): LintFile {
    let content: unknown;
    try {
        content = parse(fs.readFileSync(file, "utf8")) ?? {};
    } catch (error) {
        throw new inputErrors.LintFileNotYaml({ file, reason: messageOf(error).split(":\n")[0]! });
    }
    const { success, output, issues = [] } = v.safeParse(fileSchema, content);
    const problems = [
        ...issues.map((issue) => `${v.getDotPath(issue) ?? "the file"}: ${issue.message}`),
        ...unknownKeys(content),
        ...unknownRules(content, catalogue),
    ];
    if (!success || problems.length > 0) {
        throw new inputErrors.LintFileRefused({ file, problems });
    }
    return output;
}

function unknownKeys(content: unknown): string[] {
    const unknownIn = (given: unknown, known: object, where: string) => {
        const unknown = isRecord(given) ? Object.keys(given).filter((key) => !Object.hasOwn(known, key)) : [];
        const allowed = Object.keys(known).join(", ");
        return unknown.length === 0 ? [] : [`unknown key ${unknown.join(", ")}${where}; allowed: ${allowed}`];
    };
    const environments = isRecord(content) && isRecord(content["environments"]) ? content["environments"] : {};
    return [
        ...unknownIn(content, keysOfFile, ""),
        ...Object.entries(environments).flatMap(([name, one]) =>
            unknownIn(one, keysOfSection, ` in environments.${name}`),
        ),
    ];
}

/** Runs even if a level is wrong too: all problems are reported at once. */
function unknownRules(content: unknown, catalogue: Catalogue): string[] {
    const { environments, ...common } = (content ?? {}) as { environments?: Record<string, Section> } & Section;
    const sections: [string, Section | undefined][] = [
        ["rules", common],
        ...Object.entries(isRecord(environments) ? environments : {}).map(
            ([name, section]): [string, Section | undefined] => [`environments.${name}.rules`, section],
        ),
    ];
    return sections.flatMap(([place, section]) =>
        Object.entries(isRecord(section?.rules) ? section.rules : {}).flatMap(([name, level]) => {
            const problem = problemOfRule(name, level, catalogue);
            return problem === undefined ? [] : [`${place}: ${problem}`];
        }),
    );
}

function problemOfRule(name: string, level: unknown, catalogue: Catalogue): string | undefined {
    if (isFixed(name)) {
        return `${name} is always an error; remove it. ${fixedRules[name].instead}`;
    }
    if (!catalogue.isRule(name)) {
        return `unknown rule ${name}; did you mean ${catalogue.nearest(name)}?`;
    }
    return canBeLowered(name) || level === "error"
        ? undefined
        : `${name} is always an error, because the database rejects it; remove it. ${catalogue.textOf(name).instead}`;
}

function isRecord(value: unknown): value is Record<string, never> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
