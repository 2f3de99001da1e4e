import { parse } from "yaml";
import { programErrors, startErrors } from "../errors";

/** A build specification, version 0.2, as far as the local run implements it. */
export interface BuildSpec {
    shell: "sh" | "bash";
    variables: Record<string, string>;
    /** Variable to `secret-id:json-key:version-stage:version-id`. */
    secrets: Record<string, string>;
    exportedVariables: string[];
    runtimeVersions: Record<string, string>;
    phases: Phase[];
    reports: Report[];
    artifacts?: FileSet;
}

export const phaseNames = ["install", "pre_build", "build", "post_build"] as const;
export type PhaseName = (typeof phaseNames)[number];

export interface Phase {
    name: PhaseName;
    onFailure?: "ABORT" | "CONTINUE";
    commands: string[];
    /** Run after the commands, even if one of them failed. */
    finally: string[];
}

export interface FileSet {
    files: string[];
    excludePaths: string[];
    baseDirectory: string;
    discardPaths: boolean;
}

export interface Report extends FileSet {
    name: string;
}

type Fields = Record<string, unknown>;

/** Parses a build specification. Everything in it that the local run does not implement is refused at once. */
export function parseBuildSpec(project: string, text: string): BuildSpec {
    let document: unknown;
    try {
        document = parse(text);
    } catch (error) {
        throw new programErrors.BuildSpecNotYaml({ project, reason: (error as Error).message });
    }
    if (typeof document !== "object" || document === null) {
        throw new startErrors.FeaturesUnsupported({
            features: [
                `the build specification of ${project}: a file in the source; it needs one written in the project`,
            ],
        });
    }
    const reader = new Reader(`build specification of ${project}`);
    const buildSpec = reader.read(document as Fields);
    if (reader.unsupported.length > 0) throw new startErrors.FeaturesUnsupported({ features: reader.unsupported });
    return buildSpec;
}

class Reader {
    readonly unsupported: string[] = [];

    constructor(private readonly path: string) {}

    read(document: Fields): BuildSpec {
        const spec = this.fields("", document, ["version", "env", "phases", "reports", "artifacts"]);
        if (Number(spec["version"]) !== 0.2) this.refuse(`version ${JSON.stringify(spec["version"])}; it has 0.2`);
        const env = this.fields("env", spec["env"], ["shell", "variables", "secrets-manager", "exported-variables"]);
        const shell = (env["shell"] ?? "sh") as BuildSpec["shell"];
        if (!["sh", "bash"].includes(shell)) this.refuse(`env.shell "${shell}"; it has sh, bash`);
        const phases = this.fields("phases", spec["phases"], phaseNames);
        const install = (phases["install"] ?? {}) as Fields;
        return {
            shell,
            variables: texts(env["variables"]),
            secrets: texts(env["secrets-manager"]),
            exportedVariables: (env["exported-variables"] ?? []) as string[],
            runtimeVersions: texts(install["runtime-versions"]),
            phases: phaseNames.filter((name) => phases[name]).map((name) => this.phase(name, phases[name] as Fields)),
            reports: Object.entries((spec["reports"] ?? {}) as Record<string, Fields>).map(([name, report]) => ({
                name,
                ...this.fileSet(`reports.${name}`, report, ["file-format"]),
            })),
            artifacts: spec["artifacts"]
                ? this.fileSet("artifacts", spec["artifacts"] as Fields, ["exclude-paths", "name"])
                : undefined,
        };
    }

    private phase(name: PhaseName, phase: Fields): Phase {
        const known = ["commands", "finally", "on-failure", ...(name === "install" ? ["runtime-versions"] : [])];
        const fields = this.fields(`phases.${name}`, phase, known);
        const onFailure = fields["on-failure"] as Phase["onFailure"];
        if (onFailure !== undefined && !["ABORT", "CONTINUE"].includes(onFailure)) {
            this.refuse(`phases.${name}.on-failure "${String(onFailure)}"; it has ABORT, CONTINUE`);
        }
        return {
            name,
            onFailure,
            commands: commands(fields["commands"]),
            finally: commands(fields["finally"]),
        };
    }

    private fileSet(path: string, object: Fields, more: string[]): FileSet {
        const fields = this.fields(path, object, ["files", "base-directory", "discard-paths", ...more]);
        return {
            files: commands(fields["files"]),
            excludePaths: commands(fields["exclude-paths"]),
            baseDirectory: (fields["base-directory"] as string | undefined) ?? ".",
            discardPaths: fields["discard-paths"] === "yes" || fields["discard-paths"] === true,
        };
    }

    private fields(path: string, object: unknown, known: readonly string[]): Fields {
        const fields = (object ?? {}) as Fields;
        for (const key of Object.keys(fields)) {
            if (!known.includes(key)) this.refuse(path ? `${path}.${key}` : key);
        }
        return fields;
    }

    private refuse(what: string): void {
        this.unsupported.push(`${this.path}: ${what}`);
    }
}

/** One text or a list of texts. */
function commands(value: unknown): string[] {
    return value === undefined || value === null ? [] : [value].flat().map(String);
}

function texts(value: unknown): Record<string, string> {
    return Object.fromEntries(Object.entries((value ?? {}) as Fields).map(([key, text]) => [key, String(text)]));
}
