import assert from "node:assert/strict";
import { AuroraCluster, type AuroraClusterArgs } from "../../../components";
import { record } from "../../support/mocks";

const network = { vpcId: "vpc-1", privateSubnetIds: ["private-1"], isolatedSubnetIds: ["isolated-1", "isolated-2"] };

describe("AuroraCluster, given bad args", () => {
    const message = (args: unknown) => {
        try {
            new AuroraCluster("db", { network, ...(args as Partial<AuroraClusterArgs>) });
            return "";
        } catch (error) {
            return (error as Error).message;
        }
    };
    const only = (line: string) =>
        `AP2002: AuroraCluster "db" has 1 invalid argument; nothing of it was created:\n  - ${line}\nCorrect the program, and run the command again.`;

    it("lists them all and creates nothing", async () => {
        const { result, resources } = await record(() =>
            message({
                engine: "aurora-mysql",
                engineVersion: "17",
                clusterIdentifier: "Shop",
                databaseName: "mysql",
                masterUsername: "admin",
                instances: 0,
                instanceClass: "large",
                backupRetentionDays: 36,
                databaseInsights: "advanced",
                monitoringInterval: 7,
                backtrackHours: 73,
                port: 3306,
                masterPassword: "p@ssword",
            }),
        );
        assert.deepEqual(result.split("\n"), [
            'AP2002: AuroraCluster "db" has 12 invalid arguments; nothing of it was created:',
            '  - AP2104: engineVersion: given "17". Allowed: for aurora-mysql 8.0, 8.4, or a minor version of these. Set the major version; AWS picks its current minor version.',
            "  - AP2105: clusterIdentifier: given \"Shop\". Allowed: a lower-case letter, then lower-case letters, digits and single hyphens, at most 60 characters. Set one if the component's name and the stack's do not form one.",
            '  - AP2105: databaseName: given "mysql". Allowed: a letter, then letters, digits and underscores, at most 64, none of mysql, postgres, rdsadmin, template0, template1, sys. Leave it out for "app".',
            '  - AP2105: masterUsername: given "admin". Allowed: a lower-case letter, then lower-case letters, digits and underscores, at most 16, none of admin, administrator, postgres, rdsadmin, root, user. Leave it out for "dbowner".',
            "  - AP2103: instances: given 0. Allowed: a whole number from 1 to 16. RDS takes a writer and up to 15 readers.",
            '  - AP2105: instanceClass: given "large". Allowed: "db.serverless" or a provisioned class such as "db.r7g.large". Leave it out for a serverless one.',
            "  - AP2103: backupRetentionDays: given 36. Allowed: a whole number from 1 to 35 days. RDS cannot turn Aurora's backups off; keep longer ones with AWS Backup.",
            '  - AP2104: databaseInsights: given "advanced". Allowed: "Standard", "Advanced". Leave it out for "Standard".',
            "  - AP2104: monitoringInterval: given 7. Allowed: 0, 1, 5, 10, 15, 30, 60. 0 turns the metrics off.",
            "  - AP2103: backtrackHours: given 73. Allowed: a whole number from 0 to 72 hours. Leave it out for none.",
            "  - AP2103: port: given 3306. Allowed: a whole number from 1150 to 65535 other than 3306, the default port, which scanners try first. Leave it out for 13306.",
            "  - AP2105: masterPassword: given (hidden). Allowed: 8 to 41 characters without / @ \" ' \\ and space. Leave it out for a random one.",
            "Correct the program, and run the command again.",
        ]);
        assert.deepEqual(resources, []);
    });

    it("explains conflicting args", () => {
        assert.equal(
            message({ minCapacity: 4 }),
            only(
                "AP2107: maxCapacity: given 2. Allowed: at least minCapacity, which is 4. Raise maxCapacity or lower minCapacity.",
            ),
        );
        assert.equal(
            message({ secondsUntilAutoPause: 600 }),
            only(
                "AP2107: secondsUntilAutoPause: given 600. Allowed: nothing while minCapacity is 0.5. Only a database with minCapacity 0 pauses: set that, or leave this out.",
            ),
        );
        assert.equal(
            message({ instanceClass: "db.r7g.large", maxCapacity: 4 }),
            only(
                'AP2107: maxCapacity: given 4. Allowed: nothing while instanceClass is "db.r7g.large". Only "db.serverless" scales: leave it out, or change instanceClass.',
            ),
        );
        assert.equal(
            message({ backtrackHours: 1 }),
            only(
                "AP2107: backtrackHours: given 1. Allowed: nothing or 0 for aurora-postgresql. Only Aurora MySQL can be backtracked: leave it out, and restore a backup to a point in time instead.",
            ),
        );
    });

    it("accepts snapshots of users, RDS and AWS Backup, by identifier or ARN", () => {
        const arn = "arn:aws:rds:eu-central-1:123456789012:cluster-snapshot:awsbackup:job-1";
        for (const restoreFrom of ["orders-final", "rds:orders-2026-01-01-03-00", "awsbackup:job-1", arn]) {
            // Another arg is invalid, so that nothing is created.
            assert.match(message({ restoreFrom, instances: 0 }), /1 invalid argument/, restoreFrom);
        }
        assert.equal(
            message({ restoreFrom: "arn:aws:rds:eu-central-1:123456789012:cluster:orders" }),
            only(
                'AP2105: restoreFrom: given "arn:aws:rds:eu-central-1:123456789012:cluster:orders". Allowed: the identifier or the ARN of a cluster snapshot. aws rds describe-db-cluster-snapshots lists them.',
            ),
        );
    });

    it("knows steps and limits of capacity", () => {
        for (const minCapacity of [-1, 0.3, 256.5, "1"]) {
            assert.match(message({ minCapacity, maxCapacity: 256 }), /minCapacity: given .* in steps of 0\.5/);
        }
        assert.match(
            message({ minCapacity: 0, maxCapacity: 0.5 }),
            /maxCapacity: given 0\.5\. Allowed: a number of ACU from 1/,
        );
    });

    it("names the engines, and skips checks that depend on an unknown one", () => {
        assert.equal(
            message({ engine: "postgres", port: 1 }),
            only(
                'AP2104: engine: given "postgres". Allowed: "aurora-postgresql", "aurora-mysql". Leave it out for "aurora-postgresql".',
            ),
        );
    });
});
