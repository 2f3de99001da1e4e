import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { withDefaults } from "./shared/defaults";
import { Engine, traitsOf } from "./shared/engines";
import { locationOf } from "./shared/location";
import { logicalName } from "./shared/names";
import { type DatabaseRef, identityOf, type NetworkRef, type SecretRef } from "./references";
import { admitClients, clientGroupRules, connectToDatabase } from "./shared/securityGroups";
import { credentialRules, databaseRules, networkRules, tagsRule } from "./shared/shape";
import { policyDocument, readSecrets, type Statement } from "./shared/statements";
import { kindOf, isUnknown, kmsKey, logRetention, oneOf, type Rule, validate, wholeNumber } from "./shared/validation";

/** Whether applications authenticate to the proxy with IAM. */
export const IamAuthentication = {
    /** With an IAM token for each connection: applications hold no password. */
    Required: "Required",
    /** With the user name and the password from the secret. */
    Disabled: "Disabled",
} as const;
export type IamAuthentication = (typeof IamAuthentication)[keyof typeof IamAuthentication];

/** Arguments of a `DatabaseProxy`. Unless said otherwise, a change is made in place and costs nothing. */
export interface DatabaseProxyArgs {
    /**
     * The VPC; the proxy is placed in its isolated subnets. Changing the VPC replaces the proxy, which is then
     * unavailable for some minutes. Changing subnets within the same VPC does not: the proxy stays in its original
     * subnets.
     */
    network: NetworkRef;
    /** The cluster behind the proxy; the proxy adds a rule for itself to the cluster's security group. */
    database: DatabaseRef;
    /**
     * Secrets of the applications' database users, in RDS's JSON form: the users that the proxy logs in as. Its role
     * reads these and no others. Do not pass those of the administrator or of the builds.
     */
    credentials: SecretRef[];
    /**
     * Name of the proxy: letters, digits and single hyphens, at most 60. A change is made in place and changes the
     * endpoint. Default: the component's name and the stack's, joined by a hyphen.
     */
    proxyName?: string;
    /**
     * "Required" or "Disabled". With "Required" an application needs `rds-db:connect` on
     * `arn:aws:rds-db:<region>:<account>:dbuser:<the proxy's prx-… id>/<user>`. Default: "Required".
     */
    iamAuthentication?: IamAuthentication;
    /** Seconds after which an idle connection of an application is closed, 1 to 28800. Default: 1800. */
    idleTimeoutSeconds?: number;
    /**
     * Percentage of the cluster's maximum connections that the proxy may open, 1 to 100. The rest is reserved for
     * migrations and for people. Default: 90.
     */
    maxConnectionsPercent?: number;
    /**
     * Security groups that may connect to the proxy, by a stable name: `{ api: group.id }`. Other clients add a rule to
     * the output `securityGroupId`. Default: none.
     */
    allowedSecurityGroupIds?: { [key: string]: pulumi.Input<string> };
    /** Days that the proxy's log is kept, one of CloudWatch Logs' values. Default: 30. */
    logRetentionInDays?: number;
    /** ARN of the KMS key for the log; its policy must allow CloudWatch Logs to use it. Default: an AWS managed key. */
    kmsKeyArn?: pulumi.Input<string>;
    /** Tags for every resource that supports them. Default: none. */
    tags?: { [key: string]: string };
}

/** The defaults; a test compares the docstrings above with them. */
export const databaseProxyDefaults = {
    iamAuthentication: IamAuthentication.Required,
    idleTimeoutSeconds: 1800,
    maxConnectionsPercent: 90,
    logRetentionInDays: 30,
} satisfies Partial<DatabaseProxyArgs>;

/**
 * Amazon RDS Proxy: a connection pool that many short-lived clients share, and that survives a failover. TLS is always
 * required.
 *
 * It is for applications. Migrations do not use it: they configure their session (a role, timeouts, startup options,
 * which the proxy rejects), and the proxy pins a connection with session state to one client; their transactions and
 * index builds are long. A build connects to the cluster itself.
 *
 * It costs $0.015 per hour for each vCPU of the cluster's instances, at least two; with serverless instances for each
 * ACU, at least eight: $88 a month. It keeps connections open, so a cluster with `minCapacity` 0 does not pause.
 */
export class DatabaseProxy extends pulumi.ComponentResource {
    /** Name of the proxy. */
    public readonly proxyName: pulumi.Output<string>;
    /** ARN of the proxy; it ends in the id (`prx-…`) that `rds-db:connect` names. */
    public readonly proxyArn: pulumi.Output<string>;
    /** Address that applications connect to; it leads to the writer. */
    public readonly endpoint: pulumi.Output<string>;
    /** Port of the proxy: the engine's well-known one, whatever the cluster's port is. AWS offers no other. */
    public readonly port: pulumi.Output<number>;
    /** Security group of the proxy; add a rule to it for each client. */
    public readonly securityGroupId: pulumi.Output<string>;

    constructor(name: string, args: DatabaseProxyArgs, opts?: pulumi.ComponentResourceOptions) {
        validate("DatabaseProxy", name, shape(args));
        validate("DatabaseProxy", name, rules(name, args));
        super("aurora-pipeline:index:DatabaseProxy", name, {}, opts);
        const settings = settingsOf(name, args);

        const group = createSecurityGroup(this, name, settings);
        const paths = createPaths(this, name, settings, group);
        const logGroup = createLogGroup(this, name, settings);
        const { role, grant } = createRole(this, name, settings);
        const proxy = createProxy(this, name, settings, { role, group, waitsFor: [grant, logGroup] });
        createTarget(this, name, settings, proxy, paths);

        this.proxyName = proxy.name;
        this.proxyArn = proxy.arn;
        this.endpoint = proxy.endpoint;
        this.port = settings.port;
        this.securityGroupId = group.id;
        this.registerOutputs({
            proxyName: this.proxyName,
            proxyArn: this.proxyArn,
            endpoint: this.endpoint,
            port: this.port,
            securityGroupId: this.securityGroupId,
        });
    }
}

type Settings = ReturnType<typeof settingsOf>;

function settingsOf(name: string, args: DatabaseProxyArgs) {
    const traits = pulumi.output(args.database.engine).apply(traitsOf);
    return {
        ...withDefaults(args, databaseProxyDefaults),
        proxyName: args.proxyName ?? defaultName(name),
        family: traits.apply(({ proxyFamily }) => proxyFamily),
        port: traits.apply(({ wellKnownPort }) => wellKnownPort),
    };
}

/** Unique to the stack: two environments can share an account. */
function defaultName(name: string): string {
    return `${name}-${pulumi.getStack()}`;
}

/** Type checks of the args; the rules below rely on them. */
function shape({ network, database, credentials, allowedSecurityGroupIds: groups, tags }: DatabaseProxyArgs): Rule[] {
    return [
        ...networkRules("network", network, "isolatedSubnetIds"),
        ...databaseRules("database", database),
        {
            arg: "credentials",
            kind: kindOf(credentials),
            given: credentials,
            valid: Array.isArray(credentials) && credentials.length > 0,
            allowed: "a list of at least one secret",
            fix: "Pass the secrets of the applications' users.",
        },
        ...(Array.isArray(credentials) ? credentials : []).flatMap((credential, index) =>
            credentialRules(`credentials[${index}]`, credential),
        ),
        ...clientGroupRules("allowedSecurityGroupIds", groups),
        tagsRule(tags),
    ];
}

function rules(name: string, args: DatabaseProxyArgs): Rule[] {
    const proxyName = args.proxyName ?? defaultName(name);
    const arns = args.credentials.map(({ secretArn }) => secretArn).filter((arn) => !isUnknown(arn));
    return [
        oneOf("database.engine", args.database.engine, Object.values(Engine), "DatabaseProxy is for Aurora only."),
        {
            arg: "proxyName",
            kind: "Malformed",
            given: proxyName,
            valid: /^[a-zA-Z](-?[a-zA-Z0-9])*$/.test(proxyName) && proxyName.length <= 60,
            allowed: "a letter, then letters, digits and single hyphens, at most 60 characters",
            fix: "Set one if the component's name and the stack's do not form one.",
        },
        {
            arg: "credentials",
            kind: "Duplicate",
            given: arns,
            valid: new Set(arns).size === arns.length,
            allowed: "each secret once",
            fix: "Take the duplicates out.",
        },
        oneOf(
            "iamAuthentication",
            args.iamAuthentication,
            Object.values(IamAuthentication),
            'Leave it out for "Required".',
        ),
        wholeNumber(
            "idleTimeoutSeconds",
            args.idleTimeoutSeconds,
            { min: 1, max: 28_800, unit: "seconds" },
            "Leave it out for 1800.",
        ),
        wholeNumber(
            "maxConnectionsPercent",
            args.maxConnectionsPercent,
            { min: 1, max: 100, unit: "percent" },
            "Leave it out for 90.",
        ),
        logRetention("logRetentionInDays", args.logRetentionInDays),
        kmsKey("kmsKeyArn", args.kmsKeyArn),
    ];
}

function createSecurityGroup(parent: pulumi.Resource, name: string, settings: Settings): aws.ec2.SecurityGroup {
    const { network, port, tags } = settings;
    const group = new aws.ec2.SecurityGroup(
        name,
        { vpcId: network.vpcId, description: `Database proxy ${settings.proxyName}`, tags },
        { parent },
    );
    admitClients(parent, name, {
        group,
        clients: settings.allowedSecurityGroupIds,
        port,
        what: "Connections to the proxy",
        tags,
    });
    return group;
}

/**
 * Egress from the proxy to the cluster only. According to AWS's documentation it needs no network path to Secrets
 * Manager: RDS reads the secrets itself, outside the VPC.
 */
function createPaths(
    parent: pulumi.Resource,
    name: string,
    { database, tags }: Settings,
    group: aws.ec2.SecurityGroup,
): pulumi.Resource[] {
    return connectToDatabase(parent, {
        group,
        database,
        description: `Database proxy ${name}`,
        names: { egress: `${name}-to-database`, ingress: `${name}-into-database` },
        tags,
    });
}

/** RDS would create it itself, with unlimited retention and no key; so it is created before the proxy. */
function createLogGroup(parent: pulumi.Resource, name: string, settings: Settings): aws.cloudwatch.LogGroup {
    return new aws.cloudwatch.LogGroup(
        name,
        {
            name: `/aws/rds/proxy/${settings.proxyName}`,
            retentionInDays: settings.logRetentionInDays,
            kmsKeyId: settings.kmsKeyArn,
            tags: settings.tags,
        },
        { parent },
    );
}

/** A role that may read the applications' secrets, and nothing else. */
function createRole(parent: pulumi.Resource, name: string, { credentials, tags }: Settings) {
    const role = new aws.iam.Role(
        logicalName("role", `${name}-proxy`),
        {
            description: "Reads the secrets of the applications that connect through the database proxy",
            assumeRolePolicy: policyDocument([trustProxies]),
            tags,
        },
        { parent },
    );
    const secrets = credentials.map(({ secretArn, kmsKeyArn }) => ({ secretArn, kmsKeyArn }));
    const policy = pulumi
        .all([locationOf(parent), pulumi.output(secrets)])
        .apply(([at, known]) => policyDocument(readSecrets(at, known)));
    return {
        role,
        grant: new aws.iam.RolePolicy(
            logicalName("rolePolicy", `${name}-proxy`),
            { role: role.name, policy },
            { parent },
        ),
    };
}

/**
 * RDS does not document that a proxy passes its account or its ARN when it assumes a role; with a condition that it
 * does not meet, no application could connect. `iam:PassRole` limits the role to its account.
 */
const trustProxies: Statement = {
    Sid: "Trust",
    Effect: "Allow",
    Principal: { Service: "rds.amazonaws.com" },
    Action: ["sts:AssumeRole"],
};

interface ProxyParts {
    role: aws.iam.Role;
    group: aws.ec2.SecurityGroup;
    waitsFor: pulumi.Resource[];
}

function createProxy(
    parent: pulumi.Resource,
    name: string,
    settings: Settings,
    { role, group, waitsFor }: ProxyParts,
): aws.rds.Proxy {
    const iamAuth = settings.iamAuthentication.toUpperCase();
    return new aws.rds.Proxy(
        name,
        {
            name: settings.proxyName,
            engineFamily: settings.family,
            auths: settings.credentials.map(({ secretArn }) => ({ authScheme: "SECRETS", iamAuth, secretArn })),
            roleArn: role.arn,
            requireTls: true,
            // Debug logging would write every statement, including its data, to the log.
            debugLogging: false,
            idleClientTimeout: settings.idleTimeoutSeconds,
            vpcSecurityGroupIds: [group.id],
            vpcSubnetIds: settings.network.isolatedSubnetIds!,
            tags: settings.tags,
        },
        {
            parent,
            // RDS cannot move a proxy to other subnets. Only a change of the VPC is a reason to replace it; then the
            // otherwise ignored values apply.
            ignoreChanges: ["vpcSubnetIds"],
            replacementTrigger: settings.network.vpcId,
            // The name is fixed because of the log group: two proxies cannot have it at once.
            deleteBeforeReplace: true,
            dependsOn: waitsFor,
        },
    );
}

/** Registers the cluster with the proxy, once the cluster answers. */
function createTarget(
    parent: pulumi.Resource,
    name: string,
    { database, maxConnectionsPercent }: Settings,
    proxy: aws.rds.Proxy,
    paths: pulumi.Resource[],
): void {
    const targets = new aws.rds.ProxyDefaultTargetGroup(
        name,
        { dbProxyName: proxy.name, connectionPoolConfig: { maxConnectionsPercent } },
        { parent },
    );
    new aws.rds.ProxyTarget(
        name,
        {
            dbProxyName: proxy.name,
            targetGroupName: targets.name,
            dbClusterIdentifier: database.clusterIdentifier,
        },
        {
            parent,
            // A replaced cluster has the same identifier and is not registered. The old registration has to be removed
            // first, because it is removed by that identifier too.
            replacementTrigger: identityOf(database),
            deleteBeforeReplace: true,
            dependsOn: pulumi.output(database.endpoint).apply(() => paths),
        },
    );
}
