import * as pulumi from "@pulumi/pulumi";
import { MigrationBuild } from "../../components/migrationBuild";
import type { MigrationBuildArgs } from "../../components/codeBuild/args";
import { failuresOf } from "./failures";
import { record, type Recorded, type Recording } from "./mocks";
import { credential, database, network } from "./references";
import { archiveForSuite } from "./toolchain";

/** The key that encrypts the credential of `buildsForSuite`. */
export const secretKeyArn = "arn:aws:kms:eu-central-1:123456789012:key/secret";

const name = "orders-plan";

/** Builds of a suite: `orders-plan`, with everything that a build needs, and with endpoints should it use them. */
export function buildsForSuite() {
    const toolchain = archiveForSuite();
    const argsWith = (args: Partial<MigrationBuildArgs>): MigrationBuildArgs => ({
        action: "Plan",
        network: { ...network, endpointSecurityGroupId: "sg-endpoints", s3PrefixListId: "pl-s3" },
        database,
        credential: { secretArn: pulumi.output(credential.secretArn), kmsKeyArn: secretKeyArn },
        environmentName: "dev",
        toolchain,
        ...args,
    });
    return {
        toolchain,
        argsWith,
        recordBuild: (args: Partial<MigrationBuildArgs> = {}): Promise<Recording<MigrationBuild>> =>
            record(() => new MigrationBuild(name, argsWith(args))),
        /** What the args are refused for, one a line. */
        failures: (args: Partial<MigrationBuildArgs>, as = name): string[] =>
            failuresOf(() => new MigrationBuild(as, argsWith(args))),
    };
}

/** Its project at CodeBuild. */
export function projectOf(recording: Recording<unknown>): Recorded {
    return recording.one("aws:codebuild/project:Project", name);
}

/** What a project tells its builds. */
export function variablesOf({ inputs }: Recorded): { name: string; type: string; value: string }[] {
    const { environmentVariables } = inputs.environment as { environmentVariables: ReturnType<typeof variablesOf> };
    return environmentVariables;
}
