import * as pulumi from "@pulumi/pulumi";
import { closest, distance } from "fastest-levenshtein";
import { type InfrastructureError, refusalErrors, valueErrors } from "../components/shared/errors";
import { failureOf, linesOf, type Rule, type RuleKind } from "../components/shared/validation";
import { type Config, type ConfigKey, configKeys, docOf, readKey } from "./configKeys";
import { configRules } from "./configRules";
import { stackNameRule } from "./names";
import { regionRules } from "./regions";
import { defaults, type EnvironmentName, profiles, type Settings } from "./settings";

export type { Settings };

/** What the Pulumi CLI passes to the program. */
export interface RawConfig {
    project: string;
    stack: string;
    /** Values as text, by `<namespace>:<key>`. */
    values: Readonly<Record<string, string>>;
}

/** Reads the stack's config, or throws one error that lists everything wrong with it. */
export function readSettings(): Settings {
    return settingsFrom({
        project: pulumi.getProject(),
        stack: pulumi.getStack(),
        values: pulumi.runtime.allConfig(),
    });
}

export function settingsFrom(raw: RawConfig): Settings {
    const given = ownKeys(raw);
    const { config, failures, invalid } = parse(raw, given);
    const environment = config.environment ?? environmentOf(raw.stack);
    const name = stackNameRule(raw.project, raw.stack);
    if (!name.valid) failures.push(name);
    if (environment === undefined && !invalid.has("environment")) {
        failures.push(noEnvironment(raw));
    }
    // Some conflicts depend on the profile; as long as it is unknown, dev's applies, which requires the least.
    const settings = merge(environment ?? "dev", config);
    const region = regionRules(raw.values["aws:region"], settings).filter((rule) => !rule.valid);
    const all = [
        ...failures.map(failureOf),
        ...unknownKeys(raw, given),
        ...[...contradictions(config, settings, invalid), ...region].map(failureOf),
    ];
    if (all.length > 0) {
        throw invalidConfig(raw.stack, all);
    }
    return settings;
}

/** The profile that has the stack's name. */
function environmentOf(stack: string): EnvironmentName | undefined {
    return stack in profiles ? (stack as EnvironmentName) : undefined;
}

/** Keys in the program's own namespace, without the namespace. */
function ownKeys(raw: RawConfig): Record<string, string> {
    const prefix = `${raw.project}:`;
    const own = Object.entries(raw.values).filter(([key]) => key.startsWith(prefix));
    return Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), value]));
}

/** Validates each key separately. */
function parse(raw: RawConfig, given: Record<string, string>) {
    const invalid = new Map<ConfigKey, RuleKind>();
    const config: Record<string, unknown> = {};
    for (const key of configKeys.filter((known) => known in given)) {
        const read = readKey(key, given[key]!);
        if (read.success) {
            config[key] = read.output;
        } else {
            invalid.set(key, kindOf(read.issues[0].type));
        }
    }
    const failures = [...invalid].map(([key, kind]): Rule => {
        const { allowed, example } = docOf(key);
        const fix = `For example: pulumi config set ${key} ${/[\s"[{]/.test(example) ? `'${example}'` : example}`;
        return { arg: key, kind, given: given[key], valid: false, allowed, fix };
    });
    return { config: config as Config, failures, invalid };
}

/** What is wrong with the text of a key, by what its schema finds first. */
function kindOf(found: string): RuleKind {
    switch (found) {
        case "picklist":
            return "NotOneOf";
        case "min_value":
        case "max_value":
        case "multiple_of":
        case "safe_integer":
            return "OutOfRange";
        case "number":
        case "boolean":
        case "string":
        case "array":
        case "record":
            return "WrongType";
        default:
            return "Malformed";
    }
}

/** Keys that nothing reads: most are slips of the pen. Their values are not printed; they may be secrets. */
function unknownKeys(raw: RawConfig, given: Record<string, string>): InfrastructureError[] {
    const unknown = Object.keys(given).filter((key) => !(configKeys as string[]).includes(key));
    return [
        ...unknown.map((key) => unknownKey(`${raw.project}:${key}`, `${raw.project}:${nearestKey(key)}`)),
        ...Object.keys(raw.values)
            .filter((key) => isMisplaced(key, raw.project))
            .map((key) => unknownKey(key, `${raw.project}:${nearestKey(key.slice(namespaceOf(key).length + 1))}`)),
    ];
}

function unknownKey(key: string, nearest: string): InfrastructureError {
    return new valueErrors.UnknownKey({ key, nearest });
}

function nearestKey(key: string): string {
    const byLowerCase = new Map(configKeys.map((known) => [known.toLowerCase(), known]));
    return byLowerCase.get(closest(key.toLowerCase(), [...byLowerCase.keys()])) as string;
}

function namespaceOf(key: string): string {
    return key.slice(0, key.indexOf(":"));
}

/** A namespace that is meant to be the program's: it is spelled like it, or has a key that only the program has. */
function isMisplaced(key: string, project: string): boolean {
    const namespace = namespaceOf(key);
    const own = (configKeys as string[]).includes(key.slice(namespace.length + 1));
    return namespace !== project && (isMisspelt(namespace, project) || (own && !providers.has(namespace)));
}

/** Namespaces of what else reads config. */
const providers = new Set(["aws", "awsx", "pulumi", "random"]);

function isMisspelt(namespace: string, project: string): boolean {
    return distance(namespace.toLowerCase(), project.toLowerCase()) <= project.length / 5;
}

function noEnvironment(raw: RawConfig): Rule {
    return {
        arg: "environment",
        kind: "Missing",
        given: undefined,
        valid: false,
        allowed: `${docOf("environment").allowed}; it defaults to the stack's name, and "${raw.stack}" is neither`,
        fix: "Set it: pulumi config set environment dev",
    };
}

/** The profile, overridden by config, without the settings that this makes irrelevant. */
function merge(environment: EnvironmentName, config: Config): Settings {
    const settings: Settings = { ...profiles[environment], ...defaults, ...config, environment };
    // The key is absent: the profile's pause is meant for a cluster that scales to zero; the user did not ask for it.
    if (config.secondsUntilAutoPause === undefined && settings.minCapacity > 0) {
        delete settings.secondsUntilAutoPause;
    }
    return settings;
}

/** Settings that contradict each other, among those that are valid by themselves. */
function contradictions(config: Config, settings: Settings, invalid: ReadonlyMap<ConfigKey, RuleKind>): Rule[] {
    const given = new Set(Object.keys(config) as ConfigKey[]);
    const judged = configRules(given, settings).filter((rule) => !rule.keys.some((key) => invalid.has(key)));
    return judged
        .filter((rule) => !rule.valid)
        .map(({ keys, ...rule }) => ({
            kind: "Conflict",
            ...rule,
            arg: keys.join(", "),
            given: Object.fromEntries(keys.map((key) => [key, settings[key] ?? null])),
        }));
}

function invalidConfig(stack: string, failures: InfrastructureError[]): InfrastructureError {
    const problems = failures.length === 1 ? "1 problem" : `${failures.length} problems`;
    return new refusalErrors.ConfigRefused({ stack, problems, failures: linesOf(failures) }, failures);
}
