import { DbPipeline } from "../../../components";
import { build, emails, flag, kmsKey, logRetention, notAGroup, parts, reference, tags, wholeNumber } from "../given";
import type { BadArg, Trial } from "../support";

const source = { provider: "GitHub", repository: "acme/orders" };
const s3 = { source: { provider: "S3", bucket: "my-bucket", objectKey: "source.zip" } };
const nothing = (arg: string, provider: string, given: unknown): BadArg => ({
    arg: `source.${arg}`,
    allowed: `nothing with provider "${provider}"`,
    fix: "Leave it out.",
    besides: provider === "S3" ? s3 : {},
    refused: [given],
});

export const dbPipelineTrial: Trial = {
    component: DbPipeline,
    good: () => ({ source, builds: { deploy: build } }),
    table: [
        reference(
            "source",
            "where the changes come from",
            'For example { provider: "GitHub", repository: "owner/name" }.',
        ),
        {
            arg: "source.provider",
            allowed: '"GitHub", "GitLab", "Bitbucket", "CodeCommit", "S3"',
            fix: "Choose where the migrations are kept.",
            refused: ["github", "Gitea", 5],
        },
        {
            arg: "source.repository",
            allowed: "owner/name",
            fix: "Set the name only, not a URL.",
            refused: ["orders", "https://github.com/acme/orders", "acme/", "", 5, null],
        },
        { arg: "source.repository", allowed: "owner/name", fix: "Name the repository.", refused: [undefined] },
        {
            arg: "source.branch",
            allowed: "the name of one branch",
            fix: "Give a name, not a pattern.",
            refused: ["release/*", "a b", "", 5, null],
        },
        {
            arg: "source.connectionArn",
            allowed: "the ARN of a CodeConnections connection",
            fix: "Copy it from the console: Developer Tools, Settings, Connections.",
            refused: ["my-connection", "arn:aws:s3:::bucket", "", 5, null],
        },
        {
            arg: "source.filePaths",
            allowed: "a list of texts",
            fix: "Use a list, even for a single value.",
            refused: ["migrations/**", [5], {}, null],
        },
        {
            arg: "source.filePaths",
            allowed: "1 to 8 glob patterns",
            fix: "Merge patterns, or leave it out for the migrations directory.",
            refused: [[], Array.from({ length: 9 }, (_, index) => `${index}/**`)],
        },
        nothing("bucket", "GitHub", "my-bucket"),
        nothing("objectKey", "GitHub", "source.zip"),
        nothing("repository", "S3", "acme/orders"),
        nothing("branch", "S3", "main"),
        nothing("filePaths", "S3", ["migrations/**"]),
        {
            arg: "source.bucket",
            allowed: "the name of a bucket that keeps versions",
            fix: "Name the bucket.",
            besides: s3,
            refused: [undefined, "", 5, null],
        },
        {
            arg: "source.objectKey",
            allowed: "the key of a ZIP archive in the bucket",
            fix: "Name the archive.",
            besides: s3,
            refused: [undefined, "", 5, null],
        },
        reference("builds", "builds, one of them deploy", "For example { plan, deploy, rollback }."),
        reference("builds.deploy", "a MigrationBuild, or what it has", "Pass a MigrationBuild."),
        {
            arg: "builds.plan",
            allowed: "a MigrationBuild, or what it has",
            fix: "Pass a MigrationBuild.",
            refused: notAGroup,
        },
        ...parts("builds.deploy", ["projectName", "projectArn", "roleName", "toolchain"], "Pass a MigrationBuild."),
        {
            arg: "approval",
            allowed: "a group of arguments",
            fix: "{} asks for approval in the console alone.",
            refused: notAGroup,
        },
        ...emails("approval.emails"),
        wholeNumber("approval.timeoutMinutes", 5, 86400, "minutes", "Leave it out for a week."),
        wholeNumber("artifactRetentionDays", 1, 3650, "days", "Leave it out for 90 days."),
        logRetention("logRetentionInDays"),
        flag("accessLog"),
        {
            arg: "accessLogBucket",
            allowed: "the name of a bucket",
            fix: "Leave it out to create one.",
            refused: ["", 5, null],
        },
        {
            arg: "accessLogBucket",
            allowed: "nothing while accessLog is false",
            fix: "Leave it out, or leave accessLog out.",
            besides: { accessLog: false },
            refused: ["my-logs"],
        },
        wholeNumber("accessLogRetentionDays", 1, 3650, "days", "Leave it out for 365 days."),
        {
            arg: "accessLogRetentionDays",
            allowed: "nothing with accessLogBucket, which has its own lifecycle rules",
            fix: "Leave one of them out.",
            besides: { accessLogBucket: "my-logs" },
            refused: [90],
        },
        flag("forceDestroy"),
        kmsKey("kmsKeyArn"),
        tags,
    ],
};
