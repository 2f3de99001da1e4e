import { isDeepStrictEqual } from "node:util";
import type { Properties, Recorded } from "../mocks";

// A cluster in RDS as the provider handles it: what it keeps in the state, what it asks RDS for, and what RDS answers.
// After hashicorp/terraform-provider-aws, internal/service/rds: cluster.go (`resourceClusterCreate`,
// `resourceClusterUpdate`, `resourceClusterRead`) and engine_version.go (`compareActualEngineVersion`). Only versions
// are looked at; of all else, whether it changes.

/** Changes that RDS never hears of (`HasChangesExcept` in `resourceClusterUpdate`). */
const notModified = ["allowMajorVersionUpgrade", "finalSnapshotIdentifier", "skipFinalSnapshot", "tags"];

export class RdsCluster {
    /** What RDS runs; undefined before the cluster is created. */
    running: string | undefined;
    /** What each ModifyDBCluster asked for. */
    readonly modifications: { EngineVersion?: string; AllowMajorVersionUpgrade?: boolean }[] = [];
    private state = { engineVersion: "", engineVersionActual: "" };
    private inputs: Properties = {};

    constructor(
        /** RDS's default minor version of each major one. */
        private readonly defaults: Record<string, string>,
        /** What RDS upgrades a version to, of other major ones. */
        private readonly majorTargets: (version: string) => string[] = () => Object.values(defaults),
    ) {}

    /** Answers the provider's functions. */
    readonly call = (token: string, inputs: Properties): Properties | undefined => {
        switch (token) {
            case "aws:rds/getClusters:getClusters":
                return {
                    clusterIdentifiers: this.running === undefined ? [] : (inputs.filters as Filter[])[0]?.values,
                };
            case "aws:rds/getCluster:getCluster":
                return { engine: "aurora-postgresql", engineVersion: this.running };
            case "aws:rds/getEngineVersion:getEngineVersion":
                return inputs.defaultOnly === true
                    ? { versionActual: this.defaults[inputs.version as string] }
                    : { validMajorTargets: this.majorTargets(inputs.version as string) };
            default:
                return undefined;
        }
    };

    /** `pulumi up`. */
    up({ inputs: given, ignoreChanges }: Pick<Recorded, "inputs" | "ignoreChanges">): void {
        if (this.running === undefined) {
            this.running = this.inFull(given.engineVersion as string);
            this.inputs = given;
            this.state.engineVersion = given.engineVersion as string;
            this.read();
            return;
        }
        // Pulumi's engine puts the old inputs in the place of those that are ignored.
        const kept = ignoreChanges.filter((key) => key in this.inputs).map((key) => [key, this.inputs[key] as unknown]);
        const inputs: Properties = { ...given, ...(Object.fromEntries(kept) as object) };
        const version = ignoreChanges.includes("engineVersion")
            ? this.state.engineVersion
            : (inputs.engineVersion as string);
        const changed = Object.keys(inputs).filter((key) =>
            key === "engineVersion"
                ? version !== this.state.engineVersion
                : !isDeepStrictEqual(inputs[key], this.inputs[key]),
        );
        if (changed.some((key) => !notModified.includes(key))) {
            this.modify({
                ...(version !== this.state.engineVersionActual && { EngineVersion: version }),
                ...(inputs.allowMajorVersionUpgrade === true && { AllowMajorVersionUpgrade: true }),
            });
        }
        this.inputs = inputs;
        this.state.engineVersion = version;
        this.read();
    }

    /** `pulumi refresh`: what was read becomes the old inputs, too. */
    refresh(): void {
        this.read();
        this.inputs = { ...this.inputs, engineVersion: this.state.engineVersion };
    }

    private read(): void {
        const { engineVersion: old } = this.state;
        const now = this.running as string;
        this.state.engineVersionActual = now;
        if (old === now || !now.startsWith(`${old}.`)) this.state.engineVersion = now;
    }

    private modify(request: { EngineVersion?: string; AllowMajorVersionUpgrade?: boolean }): void {
        this.modifications.push(request);
        if (request.EngineVersion === undefined) return;
        const [from, to] = [this.running as string, this.inFull(request.EngineVersion)];
        const [[major, minor], [toMajor, toMinor]] = [from, to].map((one) => one.split(".").map(Number)) as [
            [number, number],
            [number, number],
        ];
        const allowed =
            toMajor > major
                ? request.AllowMajorVersionUpgrade && this.majorTargets(from).includes(to)
                : toMajor === major && toMinor >= minor;
        if (!allowed) throw new Error(`Cannot upgrade aurora-postgresql from ${from} to ${to}`);
        this.running = to;
    }

    private inFull(version: string): string {
        return this.defaults[version] ?? version;
    }
}

interface Filter {
    values: string[];
}
