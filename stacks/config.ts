import * as pulumi from "@pulumi/pulumi";
import { closest, distance } from "fastest-levenshtein";
import { type Rule, describeFailure } from "../components/shared/validation";
import { type Config, type ConfigKey, configKeys, configSchema, docOf } from "./configKeys";
import { configRules } from "./configRules";
import { stackNameRule } from "./names";
import { regionRules } from "./regions";
import { defaults, type EnvironmentName, profiles, type Settings } from "./settings";

export type { Settings };

/** What the Pulumi CLI hands to the program. */
export interface RawConfig {
    project: string;
    stack: string;
    /** Values as text, by `<namespace>:<key>`. */
    values: Readonly<Record<string, string>>;
}

/** Reads the stack's config, or throws one error that lists everything that is wrong with it. */
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
    // Some contradictions depend on the profile; while that is not known, dev's asks for the least.
    const settings = merge(environment ?? "dev", config);
    failures.push(...unknownKeys(raw, given), ...contradictions(config, settings, invalid));
    failures.push(...regionRules(raw.values["aws:region"], settings).filter((rule) => !rule.valid));
    if (failures.length > 0) {
        throw invalidConfig(raw.stack, failures);
    }
    return settings;
}

/** A stack that bears the name of a profile has it. */
function environmentOf(stack: string): EnvironmentName | undefined {
    return stack in profiles ? (stack as EnvironmentName) : undefined;
}

/** Keys of the program's own namespace, without it. */
function ownKeys(raw: RawConfig): Record<string, string> {
    const prefix = `${raw.project}:`;
    const own = Object.entries(raw.values).filter(([key]) => key.startsWith(prefix));
    return Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), value]));
}

/** Each key by itself. */
function parse(raw: RawConfig, given: Record<string, string>) {
    const invalid = new Set<ConfigKey>();
    const config: Record<string, unknown> = {};
    for (const key of configKeys.filter((known) => known in given)) {
        const result = configSchema.shape[key].safeParse(given[key]);
        if (result.success) {
            config[key] = result.data;
        } else {
            invalid.add(key);
        }
    }
    const failures = [...invalid].map((key): Rule => {
        const { allowed, example } = docOf(key);
        const fix = `For example: pulumi config set ${key} ${/[\s"[{]/.test(example) ? `'${example}'` : example}`;
        return { arg: key, given: given[key], valid: false, allowed, fix };
    });
    return { config: config as Config, failures, invalid };
}

/** Keys that nothing reads: most are slips of the pen. Their values are not printed; they may be secrets. */
function unknownKeys(raw: RawConfig, given: Record<string, string>): Rule[] {
    const unknown = Object.keys(given).filter((key) => !(configKeys as string[]).includes(key));
    return [
        ...unknown.map((key) => unknownKey(`${raw.project}:${key}`, `${raw.project}:${nearestKey(key)}`)),
        ...Object.keys(raw.values)
            .filter((key) => isMisspelt(namespaceOf(key), raw.project))
            .map((key) => unknownKey(key, `${raw.project}:${nearestKey(key.slice(namespaceOf(key).length + 1))}`)),
    ];
}

function unknownKey(key: string, nearest: string): Rule {
    const fix = `Did you mean ${nearest}? Rename it, or remove it: pulumi config rm ${key}`;
    return { arg: key, given: "a key that nothing reads", valid: false, allowed: "the keys in Pulumi.yaml", fix };
}

function nearestKey(key: string): string {
    const byLowerCase = new Map(configKeys.map((known) => [known.toLowerCase(), known]));
    return byLowerCase.get(closest(key.toLowerCase(), [...byLowerCase.keys()])) as string;
}

function namespaceOf(key: string): string {
    return key.slice(0, key.indexOf(":"));
}

function isMisspelt(namespace: string, project: string): boolean {
    return namespace !== project && distance(namespace.toLowerCase(), project.toLowerCase()) <= project.length / 5;
}

function noEnvironment(raw: RawConfig): Rule {
    return {
        arg: "environment",
        given: undefined,
        valid: false,
        allowed: `${docOf("environment").allowed}; it defaults to the stack's name, and "${raw.stack}" is neither`,
        fix: "Set it: pulumi config set environment dev",
    };
}

/** The profile, overridden by what config says, without what that makes pointless. */
function merge(environment: EnvironmentName, config: Config): Settings {
    const settings: Settings = { ...profiles[environment], ...defaults, ...config, environment };
    // An absent key: the profile's pause is for a cluster that scales to zero, not a wish of the user.
    if (config.secondsUntilAutoPause === undefined && settings.minCapacity > 0) {
        delete settings.secondsUntilAutoPause;
    }
    return settings;
}

/** Settings that contradict each other, among those that are valid by themselves. */
function contradictions(config: Config, settings: Settings, invalid: ReadonlySet<ConfigKey>): Rule[] {
    const given = new Set(Object.keys(config) as ConfigKey[]);
    const judged = configRules(given, settings).filter((rule) => !rule.keys.some((key) => invalid.has(key)));
    return judged
        .filter((rule) => !rule.valid)
        .map(({ keys, ...rule }) => ({
            ...rule,
            arg: keys.join(", "),
            given: Object.fromEntries(keys.map((key) => [key, settings[key] ?? null])),
        }));
}

function invalidConfig(stack: string, failures: Rule[]): pulumi.RunError {
    const problems = failures.length === 1 ? "1 problem" : `${failures.length} problems`;
    const heading = `The config of the stack "${stack}" has ${problems}; nothing was created.`;
    // A RunError is printed by the Pulumi CLI as its message alone, without a stack trace.
    return new pulumi.RunError([heading, ...failures.map(describeFailure)].join("\n"));
}
