import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type Engine, engines, majorVersion } from "../shared/engines";
import { describeFailure } from "../shared/validation";
import type { AuroraSettings } from "./args";

// The version that the cluster is created with, and what is sent of it later. What the provider does
// (hashicorp/terraform-provider-aws, internal/service/rds):
//
// - cluster.go, `resourceClusterUpdate`: while `engine_version` is not `engine_version_actual`, every ModifyDBCluster sends
//   the former, whatever else changes. A state with "17" for a server with 17.6 asks for "17" with each change, which RDS
//   takes for its default minor version: an upgrade that nobody asked for, or "Cannot upgrade … from 17.6 to 17.4"
//   (https://github.com/pulumi/pulumi-aws/issues/5756).
// - engine_version.go, `compareActualEngineVersion`: a refresh puts the server's version into both, unless the state's is
//   its prefix ("17" of "17.6") or waits for the maintenance window.
//
// So the state gets a version in full, once; after that, `ignoreChanges` keeps what the state has: RDS moves it on, and
// no update names a version. Only a version in full, or an upgrade that is allowed, is compared with the server again.

/** What `engineVersion` and `ignoreChanges` of the cluster become. */
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

function refuse(name: string, refusal: string | undefined): void {
    if (refusal !== undefined) {
        throw new pulumi.RunError(`AuroraCluster "${name}" runs another major version.\n${refusal}`);
    }
}

export interface WantedVersion {
    engine: Engine;
    /** A major version, or one in full. */
    given: string;
    /** What the cluster runs; undefined while there is none. */
    running: string | undefined;
    allowMajorVersionUpgrade: boolean;
}

/** The version to ask for; undefined for AWS's default of the major version. Never older than the one that runs. */
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
}: WantedVersion): string | undefined {
    const major = running === undefined ? undefined : (majorVersion(engine, running) ?? running);
    if (running === undefined || major === undefined || major === majorVersion(engine, given)) {
        return undefined;
    }
    const older = isOlder(given, running);
    return older || !allowMajorVersionUpgrade
        ? describeFailure({
              arg: "engineVersion",
              given,
              valid: false,
              allowed: `"${major}", which the cluster runs (${running})${older ? "" : ", or a higher one with allowMajorVersionUpgrade"}`,
              fix: older
                  ? "RDS cannot go back: give that version, or restore a snapshot that was taken before the upgrade."
                  : "Give that version, or set allowMajorVersionUpgrade for the upgrade.",
          })
        : undefined;
}

function isUpgrade({ engine, given, running }: WantedVersion & { running: string }): boolean {
    return majorVersion(engine, running) !== majorVersion(engine, given);
}

/**
 * The version that an upgrade asks for: RDS upgrades a minor version only to those that it lists for it
 * (`DescribeDBEngineVersions`, ValidUpgradeTarget), and a recent one not to an older default of the next major version.
 */
export function upgradeTarget(
    { engine, given, running }: WantedVersion & { running: string },
    preferred: string,
    targets: string[],
): { version?: string; refusal?: string } {
    const major = majorVersion(engine, given);
    const allowed = targets.filter((target) => majorVersion(engine, target) === major);
    const [least] = [...allowed].sort((one, other) => (isOlder(one, other) ? -1 : 1));
    const version = allowed.includes(preferred) ? preferred : isMajor(engine, given) ? least : undefined;
    return version === undefined
        ? {
              refusal: describeFailure({
                  arg: "engineVersion",
                  given,
                  valid: false,
                  allowed:
                      targets.length > 0
                          ? `what RDS upgrades ${running} to: ${targets.join(", ")}`
                          : `nothing else: RDS upgrades ${running} to no other major version`,
                  fix: "Upgrade to a version that RDS lists first.",
              }),
          }
        : { version };
}

/** Whether the one version is older than the other, number by number. */
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

/** Asked of RDS at every evaluation. A cluster of the other engine has the same name, and is about to be replaced. */
function runningVersion(parent: pulumi.Resource, engine: Engine, clusterIdentifier: string) {
    // A list is empty without the cluster, where `getCluster` fails.
    const { clusterIdentifiers } = aws.rds.getClustersOutput(
        { filters: [{ name: "db-cluster-id", values: [clusterIdentifier] }] },
        { parent },
    );
    return clusterIdentifiers.apply((found: string[] | undefined) =>
        // In the unit tests of a program that uses this package, mocks may answer nothing.
        found?.includes(clusterIdentifier)
            ? aws.rds
                  .getClusterOutput({ clusterIdentifier }, { parent })
                  .apply((cluster) => (cluster.engine === engine ? cluster.engineVersion : undefined))
            : pulumi.output<string | undefined>(undefined),
    );
}

/** What RDS itself would take for the major version. */
function defaultVersion(parent: pulumi.Resource, engine: Engine, version: string): pulumi.Output<string> {
    return aws.rds.getEngineVersionOutput({ engine, version, defaultOnly: true }, { parent }).versionActual;
}

/** The versions of other major ones that RDS upgrades this one to. */
function majorTargets(parent: pulumi.Resource, engine: Engine, version: string): pulumi.Output<string[]> {
    return aws.rds.getEngineVersionOutput({ engine, version }, { parent }).validMajorTargets;
}
