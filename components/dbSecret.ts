import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { withDefaults } from "./shared/defaults";
import { Engine, traitsOf } from "./shared/engines";
import { locationOf } from "./shared/location";
import { generatePassword } from "./shared/password";
import { type DatabaseRef, identityOf, type NetworkRef } from "./references";
import { rotateSecret, rotationFunctionName } from "./secret/rotation";
import { databaseRules, isGroup, networkRules, optionalGroup, requiredText, tagsRule, text } from "./shared/shape";
import { policyDocument, type Statement } from "./shared/statements";
import { kmsKey, logRetention, oneOf, required, type Rule, validate, wholeNumber } from "./shared/validation";

export interface DbSecretRotationArgs {
    /** Days between rotations, 1 to 90. */
    afterDays: number;
    /** The VPC; the rotation function runs in its private subnets and gets access to the database. */
    network: NetworkRef;
    /** Days that the function's log is kept, one of CloudWatch Logs' values. Default: 30. */
    logRetentionInDays?: number;
}

export interface DbSecretArgs {
    /**
     * The database that the credential is for. If its cluster is replaced (recognised by its `clusterResourceId`), the
     * secret is set to the new address and the initial password, which is the password of a new cluster; the former
     * value stays in the secret's previous version. If the cluster only changes its port, password and port in the
     * secret stay the same, and rotation fails with the old port: docs/operations.md explains the fix.
     */
    database: DatabaseRef;
    /** Name of the database user. */
    username: pulumi.Input<string>;
    /**
     * Password of the user when the secret is created; later changes are ignored, because rotation owns the secret's
     * value. Default: a random one.
     */
    password?: pulumi.Input<string>;
    /**
     * Database in the secret's JSON, which rotation logs in to. Choose another one if role settings in the default
     * database prevent the user from changing its password. Later changes are ignored. Default: the database that the
     * credential is for.
     */
    loginDatabase?: pulumi.Input<string>;
    /** ARN of the KMS key that encrypts the secret. Default: the AWS managed key aws/secretsmanager. */
    kmsKeyArn?: pulumi.Input<string>;
    /** Days in which a deleted secret can be restored: 7 to 30, or 0 for immediate deletion. Default: 30. */
    recoveryWindowInDays?: number;
    /**
     * Rotates the password automatically, with AWS's rotation function for a single user. The first rotation takes
     * place within `afterDays`, not at once. A secret costs $0.40 a month, rotation a few cents. Default: no rotation.
     */
    rotation?: DbSecretRotationArgs;
    /** Tags for every resource that supports them. Default: none. */
    tags?: { [key: string]: string };
}

/** The defaults; a test compares the docstrings above with them. */
export const dbSecretDefaults = { recoveryWindowInDays: 30 } satisfies Partial<DbSecretArgs>;
export const dbSecretRotationDefaults = { logRetentionInDays: 30 } satisfies Partial<DbSecretRotationArgs>;

/**
 * One database credential in Secrets Manager, in the JSON form of "Credentials for RDS database", which AWS's rotation,
 * RDS Proxy and the console understand. Only principals of this account can read it, whatever their own policies allow.
 */
export class DbSecret extends pulumi.ComponentResource {
    /** ARN of the secret. */
    public readonly secretArn: pulumi.Output<string>;
    /** Name of the secret; AWS reserves it during the recovery window, so each secret gets a new one. */
    public readonly secretName: pulumi.Output<string>;
    /** ARN of the customer managed key; absent for the key aws/secretsmanager. */
    public readonly kmsKeyArn?: pulumi.Output<string>;
    /** Name of the database user. */
    public readonly username: pulumi.Output<string>;
    /** Name of the function that rotates the secret; absent without rotation. */
    public readonly rotationFunctionName?: pulumi.Output<string>;
    /**
     * Metric in the namespace `AuroraPipeline/Rotation` that counts failed rotations, but not failed tests of the
     * configuration; $0.30 a month while it has values. Absent without rotation.
     */
    public readonly rotationFailureMetric?: pulumi.Output<string>;
    /** Password at creation; a secret. Rotation changes the password in the secret, not this one. */
    public readonly password: pulumi.Output<string>;

    constructor(name: string, args: DbSecretArgs, opts?: pulumi.ComponentResourceOptions) {
        validate("DbSecret", name, shape(args));
        validate("DbSecret", name, rules(args));
        super("aurora-pipeline:index:DbSecret", name, {}, opts);
        const settings = withDefaults(args, dbSecretDefaults);

        const password = pulumi.secret(args.password ?? generatePassword(name, this));
        const secret = createSecret(this, name, settings);
        denyOtherAccounts(this, name, secret);
        const version = createVersion(this, name, secret, settings, password);
        if (settings.rotation !== undefined) {
            const rotation = withDefaults(settings.rotation, dbSecretRotationDefaults);
            const { database, kmsKeyArn, tags } = settings;
            rotateSecret(this, name, { ...rotation, secret, version, database, kmsKeyArn, tags });
        }

        this.secretArn = secret.arn;
        this.secretName = secret.name;
        if (args.kmsKeyArn !== undefined) {
            this.kmsKeyArn = pulumi.output(args.kmsKeyArn);
        }
        if (args.rotation !== undefined) {
            this.rotationFunctionName = pulumi.output(rotationFunctionName(name));
            this.rotationFailureMetric = this.rotationFunctionName;
        }
        this.username = pulumi.output(args.username);
        this.password = password;
        this.registerOutputs({
            secretArn: this.secretArn,
            secretName: this.secretName,
            kmsKeyArn: this.kmsKeyArn,
            rotationFunctionName: this.rotationFunctionName,
            rotationFailureMetric: this.rotationFailureMetric,
            username: this.username,
            password: this.password,
        });
    }
}

type Settings = DbSecretArgs & Required<Pick<DbSecretArgs, "recoveryWindowInDays">>;

/** Type checks of the args; the rules below rely on them. */
function shape({ database, password, loginDatabase, rotation, tags }: DbSecretArgs): Rule[] {
    return [
        ...databaseRules("database", database),
        { ...text("password", password, "a text", "Leave it out for a random one."), secret: true },
        text("loginDatabase", loginDatabase, "the name of a database", "Leave it out for the database itself."),
        optionalGroup("rotation", rotation, "For example { afterDays: 30, network }."),
        ...(isGroup(rotation) ? networkRules("rotation.network", rotation.network, "privateSubnetIds") : []),
        tagsRule(tags),
    ];
}

function rules(args: DbSecretArgs): Rule[] {
    const { rotation, recoveryWindowInDays: window } = args;
    return [
        requiredText("username", args.username, "the name of a database user", "Set it."),
        oneOf("database.engine", args.database.engine, Object.values(Engine), "DbSecret is for Aurora only."),
        recoveryWindowRule(window),
        kmsKey("kmsKeyArn", args.kmsKeyArn),
        ...(rotation === undefined
            ? []
            : [
                  wholeNumber(
                      "rotation.afterDays",
                      rotation.afterDays,
                      { min: 1, max: 90, unit: "days" },
                      "To disable rotation, leave it out.",
                  ),
                  required("rotation.afterDays", rotation.afterDays, "a whole number from 1 to 90 days", "Set it."),
                  logRetention("rotation.logRetentionInDays", rotation.logRetentionInDays),
              ]),
    ];
}

export function recoveryWindowRule(days: unknown): Rule {
    return {
        arg: "recoveryWindowInDays",
        kind: typeof days === "number" ? "OutOfRange" : "WrongType",
        given: days,
        valid: days === undefined || days === 0 || (Number.isInteger(days) && Number(days) >= 7 && Number(days) <= 30),
        allowed: "0, or a whole number from 7 to 30 days",
        fix: "0 deletes the secret for good at once.",
    };
}

function createSecret(parent: DbSecret, name: string, settings: Settings): aws.secretsmanager.Secret {
    return new aws.secretsmanager.Secret(
        name,
        {
            description: pulumi.interpolate`Credential of ${settings.username} for ${settings.database.clusterIdentifier}`,
            kmsKeyId: settings.kmsKeyArn,
            recoveryWindowInDays: settings.recoveryWindowInDays,
            tags: settings.tags,
        },
        { parent },
    );
}

function createVersion(
    parent: DbSecret,
    name: string,
    secret: aws.secretsmanager.Secret,
    settings: Settings,
    password: pulumi.Output<string>,
): aws.secretsmanager.SecretVersion {
    const { database, username } = settings;
    return new aws.secretsmanager.SecretVersion(
        name,
        {
            secretId: secret.id,
            // A secret, because it contains the password.
            secretString: pulumi.jsonStringify({
                engine: pulumi.output(database.engine).apply((engine) => traitsOf(engine).secretEngine),
                host: database.endpoint,
                port: database.port,
                username,
                password,
                dbname: settings.loginDatabase ?? database.databaseName,
                dbClusterIdentifier: database.clusterIdentifier,
            }),
        },
        // Rotation owns the value once it exists: the next update must not restore the old password. A new cluster does
        // have the initial password, though, and ignored changes apply when a resource is replaced. The port does not
        // count: a cluster that changes it keeps the rotated password.
        {
            parent,
            ignoreChanges: ["secretString"],
            replacementTrigger: identityOf(database),
            // Versions are deleted with their secret; until then the previous one may still be needed.
            retainOnDelete: true,
        },
    );
}

function denyOtherAccounts(parent: DbSecret, name: string, secret: aws.secretsmanager.Secret): void {
    new aws.secretsmanager.SecretPolicy(
        name,
        {
            secretArn: secret.arn,
            policy: locationOf(parent).apply(({ account }) => policyDocument([otherAccountsDenied(account)])),
            blockPublicPolicy: true,
        },
        { parent },
    );
}

function otherAccountsDenied(account: string): Statement {
    return {
        Sid: "ThisAccountOnly",
        Effect: "Deny",
        Principal: "*",
        Action: ["secretsmanager:*"],
        Resource: ["*"],
        Condition: {
            StringNotEquals: { "aws:PrincipalAccount": account },
            // AWS's services act without an account of their own.
            Bool: { "aws:PrincipalIsAWSService": "false" },
        },
    };
}
