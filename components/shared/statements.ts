import type { Location } from "./location";

// IAM statements as pure functions: the permissions of each role, key, bucket and topic are defined here, not in the
// components. No statement allows a wildcard action. `Resource: "*"` is used only for ec2:Describe* and
// ecr:GetAuthorizationToken, which AWS cannot restrict further, and in the policy of a key, where it means that key.

export interface Statement {
    Sid: string;
    Effect: "Allow" | "Deny";
    Principal?: "*" | Record<string, string | string[]>;
    Action: string[];
    Resource?: string[];
    Condition?: Record<string, Record<string, string | string[]>>;
}

/** A policy document, as the JSON text that the resources take. */
export function policyDocument(statements: Statement[]): string {
    return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

export function arn(at: Location, service: string, resource: string): string {
    return `arn:${at.partition}:${service}:${at.region}:${at.account}:${resource}`;
}

/**
 * Trust policy for one service, on behalf of one resource in one account: no other project, pipeline or rule can use
 * the role.
 */
export function trust(at: Location, service: string, sourceArn: string): Statement {
    return {
        Sid: "Trust",
        Effect: "Allow",
        Principal: { Service: `${service}.amazonaws.com` },
        Action: ["sts:AssumeRole"],
        Condition: { StringEquals: { "aws:SourceAccount": at.account }, ArnEquals: { "aws:SourceArn": sourceArn } },
    };
}

// --- The build's role ---

/** The network interface that CodeBuild creates in the VPC for the duration of a build. */
export function networkInterfaces(
    at: Location,
    vpc: { vpcId: string; subnetIds: string[]; securityGroupId: string },
): Statement[] {
    const interfaces = arn(at, "ec2", "network-interface/*");
    const subnets = vpc.subnetIds.map((id) => arn(at, "ec2", `subnet/${id}`));
    return [
        {
            Sid: "DescribeNetwork",
            Effect: "Allow",
            Action: [
                "ec2:DescribeDhcpOptions",
                "ec2:DescribeNetworkInterfaces",
                "ec2:DescribeSecurityGroups",
                "ec2:DescribeSubnets",
                "ec2:DescribeVpcs",
            ],
            Resource: ["*"],
        },
        {
            Sid: "CreateNetworkInterface",
            Effect: "Allow",
            Action: ["ec2:CreateNetworkInterface"],
            Resource: [...subnets, arn(at, "ec2", `security-group/${vpc.securityGroupId}`), interfaces],
        },
        {
            Sid: "DeleteNetworkInterface",
            Effect: "Allow",
            Action: ["ec2:DeleteNetworkInterface"],
            Resource: [interfaces],
            Condition: { ArnEquals: { "ec2:Vpc": arn(at, "ec2", `vpc/${vpc.vpcId}`) } },
        },
        {
            Sid: "LendNetworkInterface",
            Effect: "Allow",
            Action: ["ec2:CreateNetworkInterfacePermission"],
            Resource: [interfaces],
            Condition: {
                StringEquals: { "ec2:AuthorizedService": "codebuild.amazonaws.com" },
                ArnEquals: { "ec2:Subnet": subnets },
            },
        },
    ];
}

/** Allows writing to one existing log group. */
export function writeLogs(logGroupArn: string): Statement {
    return {
        Sid: "WriteLogs",
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: [`${logGroupArn}:*`],
    };
}

/** Reports of one project: CodeBuild names report groups after it. */
export function writeReports(at: Location, projectName: string): Statement {
    return {
        Sid: "WriteReports",
        Effect: "Allow",
        Action: [
            "codebuild:BatchPutTestCases",
            "codebuild:CreateReport",
            "codebuild:CreateReportGroup",
            "codebuild:UpdateReport",
        ],
        Resource: [arn(at, "codebuild", `report-group/${projectName}-*`)],
    };
}

// --- The pipeline's role ---

/** Permissions for an S3 source action: the newest version of one object, in a versioned bucket. */
export function readObject(sid: string, bucketArn: string, key: string): Statement[] {
    return [
        {
            Sid: `Inspect${sid}`,
            Effect: "Allow",
            Action: ["s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketVersioning", "s3:ListBucket"],
            Resource: [bucketArn],
        },
        {
            Sid: `Read${sid}`,
            Effect: "Allow",
            Action: ["s3:GetObject", "s3:GetObjectTagging", "s3:GetObjectVersion", "s3:GetObjectVersionTagging"],
            Resource: [`${bucketArn}/${key}`],
        },
    ];
}

/**
 * Permissions for a CodeConnections source action. The service was renamed and still checks the old action name for old
 * connections.
 */
export function useConnection(connectionArn: string): Statement {
    return {
        Sid: "UseConnection",
        Effect: "Allow",
        Action: ["codeconnections:UseConnection", "codestar-connections:UseConnection"],
        Resource: [connectionArn],
    };
}

/** Permissions for a CodeCommit source action. */
export function readRepository(at: Location, repository: string): Statement {
    return {
        Sid: "ReadRepository",
        Effect: "Allow",
        Action: [
            "codecommit:CancelUploadArchive",
            "codecommit:GetBranch",
            "codecommit:GetCommit",
            "codecommit:GetRepository",
            "codecommit:GetUploadArchiveStatus",
            "codecommit:UploadArchive",
        ],
        Resource: [arn(at, "codecommit", repository)],
    };
}

export function startBuilds(projectArns: string[]): Statement {
    return {
        Sid: "StartBuilds",
        Effect: "Allow",
        Action: ["codebuild:BatchGetBuilds", "codebuild:StartBuild"],
        Resource: projectArns,
    };
}

/** Permissions to request approval through an encrypted topic. */
export function publish(at: Location, topicArn: string, kmsKeyArn: string): Statement[] {
    return [
        { Sid: "AskForApproval", Effect: "Allow", Action: ["sns:Publish"], Resource: [topicArn] },
        {
            Sid: "UseTopicKey",
            Effect: "Allow",
            Action: ["kms:Decrypt", "kms:GenerateDataKey"],
            Resource: [kmsKeyArn],
            Condition: { StringEquals: { "kms:ViaService": `sns.${at.region}.amazonaws.com` } },
        },
    ];
}

export interface ReadableSecret {
    secretArn: string;
    /** Customer managed key that encrypts it. */
    kmsKeyArn?: string;
}

/** Allows reading and decrypting these secrets only. */
export function readSecrets(at: Location, secrets: ReadableSecret[]): Statement[] {
    if (secrets.length === 0) {
        return [];
    }
    // The key aws/secretsmanager may be used by every caller in the account through Secrets Manager.
    const keys = [...new Set(secrets.flatMap(({ kmsKeyArn }) => (kmsKeyArn === undefined ? [] : [kmsKeyArn])))];
    return [
        {
            Sid: "ReadSecret",
            Effect: "Allow",
            Action: ["secretsmanager:GetSecretValue"],
            Resource: secrets.map(({ secretArn }) => secretArn),
        },
        ...keys.map((key, index): Statement => {
            const encrypted = secrets.filter(({ kmsKeyArn }) => kmsKeyArn === key).map(({ secretArn }) => secretArn);
            return {
                Sid: index === 0 ? "DecryptSecret" : `DecryptSecret${index + 1}`,
                Effect: "Allow",
                Action: ["kms:Decrypt"],
                Resource: [key],
                Condition: {
                    StringEquals: {
                        "kms:ViaService": `secretsmanager.${at.region}.amazonaws.com`,
                        "kms:EncryptionContext:SecretARN": encrypted.length === 1 ? encrypted[0]! : encrypted,
                    },
                },
            };
        }),
    ];
}

/** Permissions of the EventBridge rule that starts the pipeline. */
export function startPipeline(pipelineArn: string): Statement {
    return {
        Sid: "StartPipeline",
        Effect: "Allow",
        Action: ["codepipeline:StartPipelineExecution"],
        Resource: [pipelineArn],
    };
}

/** Allows reading the state of alarms. The call lists alarms, so it cannot be restricted to one of them. */
export function readAlarms(at: Location): Statement {
    return {
        Sid: "ReadAlarms",
        Effect: "Allow",
        Action: ["cloudwatch:DescribeAlarms"],
        Resource: [arn(at, "cloudwatch", "alarm:*")],
    };
}

/** Permissions of an EventBridge rule that starts a build on a schedule. */
export function startBuild(projectArn: string): Statement {
    return { Sid: "StartBuild", Effect: "Allow", Action: ["codebuild:StartBuild"], Resource: [projectArn] };
}

// --- The backup's role ---

/** The backup role can never change the resources that it backs up, whatever other permissions it has. */
export function protectCluster(clusterArn: string): Statement {
    return {
        Sid: "ProtectCluster",
        Effect: "Deny",
        Action: ["rds:Delete*", "rds:Failover*", "rds:Modify*", "rds:Reboot*", "rds:Stop*"],
        Resource: [clusterArn],
    };
}

// --- Policies of resources ---

/** Bucket policy: no unencrypted access. A denial must cover every action to be effective. */
export function denyPlainHttp(bucketArn: string): Statement {
    return {
        Sid: "DenyPlainHttp",
        Effect: "Deny",
        Principal: "*",
        Action: ["s3:*"],
        Resource: [bucketArn, `${bucketArn}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
    };
}

/** Bucket policy: only S3 itself may write, and only the access log of one bucket. */
export function deliverAccessLog(at: Location, log: { arn: string; prefix: string }, loggedArn: string): Statement {
    return {
        Sid: "DeliverAccessLog",
        Effect: "Allow",
        Principal: { Service: "logging.s3.amazonaws.com" },
        Action: ["s3:PutObject"],
        Resource: [`${log.arn}/${log.prefix}*`],
        Condition: { StringEquals: { "aws:SourceAccount": at.account }, ArnLike: { "aws:SourceArn": loggedArn } },
    };
}

/** Topic policy: TLS only, and only the named services on behalf of one account. */
export function denyPlainPublish(topicArn: string): Statement {
    return {
        Sid: "DenyPlainHttp",
        Effect: "Deny",
        Principal: "*",
        Action: ["sns:Publish"],
        Resource: [topicArn],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
    };
}

export function allowPublish(at: Location, topicArn: string, services: string[]): Statement {
    return {
        Sid: "AllowPublish",
        Effect: "Allow",
        Principal: { Service: services },
        Action: ["sns:Publish"],
        Resource: [topicArn],
        Condition: { StringEquals: { "aws:SourceAccount": at.account } },
    };
}

/**
 * Policy of a component's own key: the account's IAM policies decide (the statements above grant each role its part),
 * and AWS's services may encrypt the messages that they publish. Actions are listed by name: not even the account has
 * `kms:*`.
 */
export function keyPolicy(at: Location): Statement[] {
    return [
        {
            Sid: "AccountDecides",
            Effect: "Allow",
            Principal: { AWS: `arn:${at.partition}:iam::${at.account}:root` },
            Action: [...keyAdministration, ...keyUse, "kms:CreateGrant"],
            Resource: ["*"],
        },
        ...encryptMessages(at),
    ];
}

/** Part of a key's policy: AWS's services encrypt the messages that they publish to an encrypted topic themselves. */
export function encryptMessages(at: Location): Statement[] {
    const use = { Effect: "Allow" as const, Action: ["kms:Decrypt", "kms:GenerateDataKey"], Resource: ["*"] };
    return [
        {
            ...use,
            Sid: "Notifications",
            Principal: { Service: "codestar-notifications.amazonaws.com" },
            // The topic's policy checks on whose behalf: the request to KMS does not reliably contain it for SNS.
            Condition: { StringEquals: { "kms:ViaService": `sns.${at.region}.amazonaws.com` } },
        },
        {
            ...use,
            Sid: "Alarms",
            Principal: { Service: ["cloudwatch.amazonaws.com", "events.rds.amazonaws.com"] },
            Condition: { StringEquals: { "aws:SourceAccount": at.account } },
        },
    ];
}

/** Actions that administer a key without using it. */
export const keyAdministration = [
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListAliases",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
    "kms:ListKeyRotations",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:RetireGrant",
    "kms:RevokeGrant",
    "kms:RotateKeyOnDemand",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
];
export const keyUse = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext"];
