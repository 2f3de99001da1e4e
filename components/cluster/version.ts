import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type Engine, engines, majorVersion } from "../shared/engines";
import { accountErrors } from "../shared/errors";
import type { AuroraSettings } from "./args";

// The version that the cluster is created with, and the version that later updates send. The provider's behaviour
// (hashicorp/terraform-provider-aws, internal/service/rds):
//
// - cluster.go, `resourceClusterUpdate`: as long as `engine_version` is not `engine_version_actual`, every
//   ModifyDBCluster sends the former, whatever else changes. A state with "17" for a server with 17.6 requests "17"
//   with each change, which RDS takes for its default minor version: an unrequested upgrade, or "Cannot upgrade … from
//   17.6 to 17.4" (https://github.com/pulumi/pulumi-aws/issues/5756).
// - engine_version.go, `compareActualEngineVersion`: a refresh writes the server's version into both, unless the
//   state's is its prefix ("17" of "17.6") or waits for the maintenance window.
//
// So the state gets a full version, once; after that, `ignoreChanges` keeps the state's version: RDS upgrades it, and
// no update sends a version. Only a full version, or an allowed upgrade, is compared with the server again.

/** The cluster's `engineVersion` and `ignoreChanges`. */
export interface ClusterVersion {
    engineVersion: pulumi.Output<string>;
    ignored: string[];
}

export function clusterVersion(parent: pulumi.Resource, name: string, settings: AuroraSettings): ClusterVersion {
    const { engine, engineVersion: given, allowMajorVersionUpgrade, clusterIdentifier } = settings;
    const engineVersion = runningVersion(parent, engine, clusterIdentifier).apply((running) => {
        const wanted = { engine, given, running, allowMajorVersionUpgrade };
        refuse(name, refusedUpgrade(wanted));
        const version = pulumi.output(versionInFull(wanted) ?? defaultVersion(parent, engine, given));
        return running !== undefined && isUpgrade({ ...wanted, running })
            ? pulumi.all([version, majorTargets(parent, engine, running)]).apply(([preferred, targets]) => {
                  const target = upgradeTarget({ ...wanted, running }, preferred, targets);
                  refuse(name, target.refusal);
                  return target.version ?? preferred;
              })
            : version;
    });
    return { engineVersion, ignored: isMajor(engine, given) && !allowMajorVersionUpgrade ? ["engineVersion"] : [] };
}

/** Why a version is refused: facts of the error. */
interface Refusal {
    given: string;
    running: string;
    allowed: string;
    fix: string;
}

function refuse(name: string, refusal: Refusal | undefined): void {
    if (refusal !== undefined) {
        throw new accountErrors.AnotherMajorVersion({ name, ...refusal });
    }
}

export interface WantedVersion {
    engine: Engine;
    /** A major version, or a full one. */
    given: string;
    /** The version that the cluster runs; undefined if it does not exist. */
    running: string | undefined;
    allowMajorVersionUpgrade: boolean;
}

/** The version to request; undefined for AWS's default of the major version. Never older than the running one. */
export function versionInFull({ engine, given, running }: WantedVersion): string | undefined {
    if (running !== undefined && majorVersion(engine, running) === majorVersion(engine, given)) {
        return isMajor(engine, given) || isOlder(given, running) ? running : given;
    }
    return isMajor(engine, given) ? undefined : given;
}

/** Why the cluster cannot get the major version; undefined if it can. */
export function refusedUpgrade({
    engine,
    given,
    running,
    allowMajorVersionUpgrade,
}: WantedVersion): Refusal | undefined {
    const major = running === undefined ? undefined : (majorVersion(engine, running) ?? running);
    if (running === undefined || major === undefined || major === majorVersion(engine, given)) {
        return undefined;
    }
    const older = isOlder(given, running);
    return older || !allowMajorVersionUpgrade
        ? {
              given,
              running,
              allowed: `${major}${older ? "" : ", or a higher one with allowMajorVersionUpgrade"}`,
              fix: older
                  ? "RDS cannot go back: give that version, or restore a snapshot that was taken before the upgrade."
                  : "Give that version, or set allowMajorVersionUpgrade for the upgrade.",
          }
        : undefined;
}

function isUpgrade({ engine, given, running }: WantedVersion & { running: string }): boolean {
    return majorVersion(engine, running) !== majorVersion(engine, given);
}

/**
 * The version that an upgrade requests. RDS upgrades a minor version only to the versions that it lists for it
 * (`DescribeDBEngineVersions`, ValidUpgradeTarget), and never a recent one to an older default of the next major
 * version.
 */
export function upgradeTarget(
    { engine, given, running }: WantedVersion & { running: string },
    preferred: string,
    targets: string[],
): { version?: string; refusal?: Refusal } {
    const major = majorVersion(engine, given);
    const allowed = targets.filter((target) => majorVersion(engine, target) === major);
    const [least] = [...allowed].sort((one, other) => (isOlder(one, other) ? -1 : 1));
    const version = allowed.includes(preferred) ? preferred : isMajor(engine, given) ? least : undefined;
    return version === undefined
        ? {
              refusal: {
                  given,
                  running,
                  allowed:
                      targets.length > 0
                          ? `what RDS upgrades ${running} to: ${targets.join(", ")}`
                          : `nothing else: RDS cannot upgrade ${running} to another major version`,
                  fix: "Upgrade to a version that RDS lists first.",
              },
          }
        : { version };
}

/** Whether the first version is older than the second, compared number by number. */
export function isOlder(one: string, other: string): boolean {
    const [numbers, others] = [one, other].map((version) => (version.match(/\d+/g) ?? []).map(Number)) as [
        number[],
        number[],
    ];
    const differing = others.findIndex((number, index) => number !== (numbers[index] ?? 0));
    return differing >= 0 && (numbers[differing] ?? 0) < (others[differing] as number);
}

function isMajor(engine: Engine, version: string): boolean {
    return engines[engine].majorVersions.includes(version);
}

/**
 * Reads the cluster's version from RDS at every evaluation. A cluster of the other engine has the same name and is
 * about to be replaced.
 */
function runningVersion(parent: pulumi.Resource, engine: Engine, clusterIdentifier: string) {
    // The list is empty if the cluster does not exist; `getCluster` would fail.
    const { clusterIdentifiers } = aws.rds.getClustersOutput(
        { filters: [{ name: "db-cluster-id", values: [clusterIdentifier] }] },
        { parent },
    );
    return clusterIdentifiers.apply((found: string[] | undefined) =>
        // In the unit tests of a program that uses this package, mocks may return nothing.
        found?.includes(clusterIdentifier)
            ? aws.rds
                  .getClusterOutput({ clusterIdentifier }, { parent })
                  .apply((cluster) => (cluster.engine === engine ? cluster.engineVersion : undefined))
            : pulumi.output<string | undefined>(undefined),
    );
}

/** The version that RDS would choose for the major version. */
function defaultVersion(parent: pulumi.Resource, engine: Engine, version: string): pulumi.Output<string> {
    return aws.rds.getEngineVersionOutput({ engine, version, defaultOnly: true }, { parent }).versionActual;
}

/** The versions of other major versions that RDS upgrades this one to. */
function majorTargets(parent: pulumi.Resource, engine: Engine, version: string): pulumi.Output<string[]> {
    return aws.rds.getEngineVersionOutput({ engine, version }, { parent }).validMajorTargets;
}
