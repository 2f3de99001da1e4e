import { clonePrefix } from "../../components/contract";
import type { RecordedResource } from "../local/recorded";

/** Something that `pulumi destroy` leaves, and the commands that delete it. */
export interface Step {
    title: string;
    /** Why it stays, and what is lost with it. */
    why: string;
    when: "before" | "after";
    commands: string[];
}

/** What names a stack. */
export interface StackNames {
    project: string;
    stack: string;
    region: string;
}

/**
 * What a stack leaves behind, by its resources as the program registers them. Names that the program gives are filled in.
 * Those that Pulumi makes are in the stack's state only: the first command saves it, and the others read it.
 */
export function stepsFor(names: StackNames, resources: RecordedResource[]): Step[] {
    const state = `${names.project}-${names.stack}.json`;
    return [
        ...saveState(names, state),
        ...protection(names, resources),
        ...vaults(resources, state),
        ...buckets(resources, state),
        destroy(names),
        ...snapshots(resources),
        ...automatedBackups(resources),
        ...clones(resources),
        ...logGroups(resources),
        ...enhancedMonitoring(resources, state),
        ...secrets(resources, state),
        ...keys(resources, state),
        {
            title: "The saved state",
            why: "No later step reads it.",
            when: "after",
            commands: [`rm ${state}`],
        },
    ];
}

function saveState({ stack }: StackNames, state: string): Step[] {
    return [
        {
            title: "Save the state",
            why: "It contains the names that Pulumi generated and AWS's own ids, which `pulumi destroy` deletes. Secrets in it stay encrypted.",
            when: "before",
            commands: [`pulumi stack export --stack ${stack} --file ${state}`],
        },
    ];
}

function protection({ stack, project }: StackNames, resources: RecordedResource[]): Step[] {
    const isProtected = clustersOf(resources).some(({ inputs }) => inputs["deletionProtection"] === true);
    return when(isProtected, {
        title: "The protection",
        why: "The cluster and its key are protected: Pulumi and RDS refuse to delete them. Turning that off needs a separate `pulumi up`.",
        when: "before",
        commands: [
            `pulumi config set --stack ${stack} ${project}:deletionProtection false`,
            `pulumi up --stack ${stack}`,
        ],
    });
}

function vaults(resources: RecordedResource[], state: string): Step[] {
    return when(has(resources, "aws:backup/vault:Vault"), {
        title: "Recovery points of the vault",
        why: "AWS does not delete a vault that contains one, and a locked vault does not allow deleting one before it expires. A final lock (lockFinalAfterDays) cannot be removed: wait, or keep the vault. These backups survive mistakes, so check twice.",
        when: "before",
        commands: [
            `vault=$(${outputs(state, "aws:backup/vault:Vault", "name")})`,
            'aws backup delete-backup-vault-lock-configuration --backup-vault-name "$vault"',
            [
                'aws backup list-recovery-points-by-backup-vault --backup-vault-name "$vault" \\',
                "    --query 'RecoveryPoints[].[RecoveryPointArn]' --output text | while read -r point; do",
                '    aws backup delete-recovery-point --backup-vault-name "$vault" --recovery-point-arn "$point"',
                "done",
            ].join("\n"),
        ],
    });
}

function buckets(resources: RecordedResource[], state: string): Step[] {
    const kept = resources.filter(({ type, inputs }) => type === bucketType && inputs["forceDestroy"] !== true);
    return when(kept.length > 0, {
        title: "Objects in versioned buckets",
        why: "S3 does not delete a bucket that contains objects or versions. The artifact bucket contains the record of every release (deployments/): copy them first if you have to keep them.",
        when: "before",
        commands: [
            [
                `${outputs(state, bucketType, "bucket")} | while read -r bucket; do`,
                '    while versions=$(aws s3api list-object-versions --bucket "$bucket" --max-items 500 --output json \\',
                "            --query '{Objects: [Versions || `[]`, DeleteMarkers || `[]`][].{Key: Key, VersionId: VersionId}, Quiet: `true`}') &&",
                '        [ "$(jq \'.Objects | length\' <<<"$versions")" -gt 0 ]; do',
                '        aws s3api delete-objects --bucket "$bucket" --delete file:///dev/stdin <<<"$versions"',
                "    done",
                "done",
            ].join("\n"),
        ],
    });
}

function destroy({ stack }: StackNames): Step {
    return {
        title: "The stack itself",
        why: "It deletes everything else.",
        when: "before",
        commands: [`pulumi destroy --stack ${stack}`],
    };
}

function snapshots(resources: RecordedResource[]): Step[] {
    const vault = has(resources, "aws:backup/vault:Vault") ? " except the vault's" : "";
    return clustersOf(resources).map(({ inputs, outputs: { clusterIdentifier } }) => ({
        title: "Snapshots of the cluster",
        why: `${inputs["skipFinalSnapshot"] === true ? "Those" : "The final one, and those"} that deployments took (snapshotBeforeDeploy): the last copies of the data${vault}.`,
        when: "after" as const,
        commands: [
            [
                `aws rds describe-db-cluster-snapshots --snapshot-type manual --db-cluster-identifier ${String(clusterIdentifier)} \\`,
                "    --query 'DBClusterSnapshots[].[DBClusterSnapshotIdentifier]' --output text | while read -r snapshot; do",
                '    aws rds delete-db-cluster-snapshot --db-cluster-snapshot-identifier "$snapshot"',
                "done",
            ].join("\n"),
        ],
    }));
}

function automatedBackups(resources: RecordedResource[]): Step[] {
    const kept = clustersOf(resources).filter(({ inputs }) => inputs["deleteAutomatedBackups"] === false);
    return kept.map(({ inputs, outputs: { clusterIdentifier } }) => ({
        title: "Automated backups of the cluster",
        why: `RDS keeps them for ${String(inputs["backupRetentionPeriod"])} days after the cluster's deletion, then deletes them.`,
        when: "after" as const,
        commands: [
            [
                `aws rds describe-db-cluster-automated-backups --db-cluster-identifier ${String(clusterIdentifier)} \\`,
                "    --query 'DBClusterAutomatedBackups[].[DbClusterResourceId]' --output text | while read -r id; do",
                '    aws rds delete-db-cluster-automated-backup --db-cluster-resource-id "$id"',
                "done",
            ].join("\n"),
        ],
    }));
}

/** The reaper of leftover clones is deleted with the stack. */
function clones(resources: RecordedResource[]): Step[] {
    const reapers = resources.filter(
        ({ type, name }) => type === "aws:codebuild/project:Project" && name.endsWith("-reaper"),
    );
    return when(
        reapers.length > 0,
        ...clustersOf(resources).map(({ outputs: { clusterIdentifier } }) => ({
            title: "Clones of rehearsals",
            why: "A rehearsal that was running when the stack was destroyed may have left one, and nothing deletes it automatically any more. Delete each with its instances.",
            when: "after" as const,
            commands: [
                `aws rds describe-db-clusters --query "DBClusters[?starts_with(DBClusterIdentifier, '${clonePrefix(String(clusterIdentifier))}')].DBClusterIdentifier"`,
            ],
        })),
    );
}

function logGroups(resources: RecordedResource[]): Step[] {
    const named = resources
        .filter(({ type }) => type === "aws:cloudwatch/logGroup:LogGroup")
        .map(({ inputs }) => inputs["name"])
        .filter((name): name is string => typeof name === "string");
    return when(named.length > 0, {
        title: "Log groups that AWS recreates",
        why: "RDS, Lambda and CodeBuild may recreate the group for a last log line, with unlimited retention. It is not an error if one does not exist.",
        when: "after",
        commands: named.sort().map((name) => `aws logs delete-log-group --log-group-name ${name}`),
    });
}

function enhancedMonitoring(resources: RecordedResource[], state: string): Step[] {
    const monitored = resources.some(
        ({ type, inputs }) => type === instanceType && Number(inputs["monitoringInterval"] ?? 0) > 0,
    );
    return when(monitored, {
        title: "Enhanced Monitoring",
        why: "All instances of the account in the Region write to the log group RDSOSMetrics, each to a stream of its own: delete the streams, not the group.",
        when: "after",
        commands: [
            [
                `${outputs(state, instanceType, "dbiResourceId")} | while read -r stream; do`,
                '    aws logs delete-log-stream --log-group-name RDSOSMetrics --log-stream-name "$stream"',
                "done",
            ].join("\n"),
        ],
    });
}

function secrets(resources: RecordedResource[], state: string): Step[] {
    const windows = resources
        .filter(({ type }) => type === secretType)
        .map(({ inputs }) => Number(inputs["recoveryWindowInDays"] ?? 30));
    const longest = Math.max(0, ...windows);
    return when(longest > 0, {
        title: "Secrets in their recovery window",
        why: `They can be restored for ${longest} days, cost nothing, and are then deleted. This deletes them at once.`,
        when: "after",
        commands: [
            [
                `${outputs(state, secretType, "arn")} | while read -r secret; do`,
                '    aws secretsmanager delete-secret --secret-id "$secret" --force-delete-without-recovery',
                "done",
            ].join("\n"),
        ],
    });
}

function keys(resources: RecordedResource[], state: string): Step[] {
    return when(has(resources, keyType), {
        title: "Keys that are pending deletion",
        why: "Until then, snapshots and backups encrypted with them can be read, afterwards they cannot. AWS deletes the keys. This only shows the date.",
        when: "after",
        commands: [
            [
                `${outputs(state, keyType, "keyId")} | while read -r key; do`,
                `    aws kms describe-key --key-id "$key" --query 'KeyMetadata.[KeyId,KeyState,DeletionDate]' --output text`,
                "done",
            ].join("\n"),
        ],
    });
}

const bucketType = "aws:s3/bucket:Bucket";
const instanceType = "aws:rds/clusterInstance:ClusterInstance";
const secretType = "aws:secretsmanager/secret:Secret";
const keyType = "aws:kms/key:Key";

function clustersOf(resources: RecordedResource[]): RecordedResource[] {
    return resources.filter(({ type }) => type === "aws:rds/cluster:Cluster");
}

function has(resources: RecordedResource[], wanted: string): boolean {
    return resources.some(({ type }) => type === wanted);
}

function when(condition: boolean, ...steps: Step[]): Step[] {
    return condition ? steps : [];
}

/** A command that prints an output of each resource of a type in the saved state. */
function outputs(state: string, type: string, output: string): string {
    return `jq -r '.deployment.resources[] | select(.type == "${type}") | .outputs.${output}' ${state}`;
}
