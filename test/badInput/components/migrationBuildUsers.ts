import { roleData } from "../../../components/databaseRoles";
import { credential, database } from "../../support/references";
import { notAGroup, optionalCredential, reference, secretFix } from "../given";
import type { BadArg } from "../support";

const roleName = (arg: string, besides: Record<string, unknown>, refused: unknown[]): BadArg => ({
    arg,
    allowed:
        "a letter or underscore, then at most 62 letters, digits or underscores; not pg_…, which PostgreSQL reserves",
    fix: "Change it.",
    besides,
    refused: ["", "app-planner", "app_planner/*", "*", "1st", "pg_planner", "a".repeat(64), 5, null, ...refused],
});
const onMysql = { ...database, engine: "aurora-mysql" };

/** Of a build, how it logs in. */
const iam = {
    auth: "Iam",
    username: "app_planner",
    credential: undefined,
    database: { ...database, clusterResourceId: "cluster-ABC" },
};
/** Of a rehearsal on a clone, which gets a password of its own. */
export const rehearsing = { action: "Rehearse", credential: undefined, username: "app_migrator" };
const ofClone = "nothing for a rehearsal on a clone, where the build sets a password of the clone's own";
export const loginArgs: BadArg[] = [
    { arg: "auth", allowed: ofClone, fix: "Leave it out.", besides: rehearsing, refused: ["Iam", "Secret", 5, null] },
    {
        arg: "credential",
        allowed: ofClone,
        fix: "Leave it out, and give username.",
        besides: rehearsing,
        refused: [credential, {}, "x"],
    },
    roleName("username", rehearsing, [undefined]),
    {
        arg: "auth",
        allowed: '"Secret", "Iam"',
        fix: 'Leave it out for "Secret".',
        refused: ["IAM", "Password", "", 5, null],
    },
    {
        arg: "credential",
        allowed: 'nothing with auth "Iam", which needs no password',
        fix: "Leave it out.",
        besides: iam,
        refused: [credential, {}, "x"],
    },
    {
        arg: "username",
        allowed: 'nothing without auth "Iam"; the secret names the user',
        fix: "Leave it out.",
        refused: ["app_planner", ""],
    },
    roleName("username", iam, [undefined]),
    {
        arg: "database.clusterResourceId",
        allowed: 'the resource id of the cluster, with auth "Iam"',
        fix: "Pass an AuroraCluster, or the DbClusterResourceId of an existing cluster.",
        besides: iam,
        refused: [undefined, "", null],
    },
    {
        arg: "database.engine",
        allowed: '"aurora-postgresql", with action "Rehearse"',
        fix: "Leave this build out: there is no rehearsal for Aurora MySQL.",
        besides: rehearsing,
        refused: ["aurora-mysql"],
    },
];

/** Of a build, the users that it creates. */
const bootstrap = {
    migrator: { username: "app_migrator", credential: { secretArn: "arn:migrator" } },
    planner: { username: "app_planner", credential: { secretArn: "arn:planner" } },
};
const creating = { action: "Bootstrap", bootstrap };
const user = "a user: its name, and its credential or none";
export const bootstrapArgs: BadArg[] = [
    {
        arg: "bootstrap",
        allowed: "the users to create",
        fix: "For example { migrator: { username, credential }, planner: { username, credential } }.",
        besides: creating,
        refused: notAGroup,
    },
    {
        arg: "bootstrap",
        allowed: "the users to create",
        fix: "Name the migrator and the planner.",
        besides: creating,
        refused: [undefined],
    },
    ...["Plan", "Deploy", "Rollback", "Rehearse"].map((action) => ({
        arg: "bootstrap",
        allowed: 'nothing without action "Bootstrap"',
        fix: 'Leave it out, or set action to "Bootstrap".',
        besides: action === "Rehearse" ? rehearsing : { action },
        refused: [bootstrap],
    })),
    ...["migrator", "planner"].flatMap((name): BadArg[] => [
        { ...reference(`bootstrap.${name}`, user, "For example { username, credential }."), besides: creating },
        roleName(`bootstrap.${name}.username`, creating, [undefined]),
        { ...optionalCredential(`bootstrap.${name}.credential`), besides: creating },
        {
            arg: `bootstrap.${name}.credential.secretArn`,
            allowed: "a value, or an Output of one",
            fix: secretFix,
            besides: creating,
            refused: [undefined, "", null],
        },
    ]),
    ...(["extensions", "groupRoles", "applicationUsers", "takeOverFrom"] as const).map((key): BadArg => ({
        arg: `bootstrap.${key}`,
        allowed: roleData[key].allowed,
        fix: `For example ${roleData[key].example}.`,
        besides: creating,
        refused: ["shop", {}, [5], [null]],
    })),
    {
        arg: "bootstrap.applicationUsers",
        allowed: "names that no other role has, and groups that are in groupRoles",
        fix: "Correct these: app_planner is the name of another role; shop is a member of none, which is not a group role.",
        besides: creating,
        refused: [[{ name: "app_planner" }, { name: "shop", memberOf: ["none"] }]],
        shown: '[{"name":"app_planner"},{"name":"shop","memberOf":["none"]}]',
    },
    { ...roleName("bootstrap.ownerRole", creating, []), fix: "Give one, of at most 63 characters." },
    {
        arg: "bootstrap",
        allowed: "a name of its own for each role",
        fix: "Change one: they have different privileges.",
        besides: { action: "Bootstrap" },
        refused: [{ ...bootstrap, ownerRole: "app_planner" }],
        shown: '["app_planner","app_migrator","app_planner"]',
    },
    {
        arg: "bootstrap",
        allowed: "a name of its own for each role",
        fix: "Change one: they have different privileges.",
        besides: { action: "Bootstrap" },
        refused: [{ ...bootstrap, migrator: { ...bootstrap.migrator, username: "app_owner" } }],
        shown: '["app_owner","app_owner","app_planner"]',
    },
    {
        arg: "bootstrap",
        allowed: "a separate credential for each user, and not the administrator's",
        fix: "Make a DbSecret for each.",
        besides: { action: "Bootstrap" },
        refused: [{ ...bootstrap, planner: { ...bootstrap.planner, credential: bootstrap.migrator.credential } }],
        shown: JSON.stringify([credential.secretArn, "arn:migrator", "arn:migrator"]),
    },
    {
        arg: "bootstrap.ownerRole",
        allowed: roleName("", {}, []).allowed,
        fix: "Give one, of at most 63 characters.",
        besides: { ...creating, database: { ...database, databaseName: "a".repeat(58) } },
        refused: [undefined],
        shown: `"${"a".repeat(58)}_owner"`,
    },
    {
        arg: "auth",
        allowed: '"Secret", with action "Bootstrap"',
        fix: "Leave it out: it logs in as the administrator, with the cluster's master password.",
        besides: { ...iam, ...creating },
        refused: ["Iam"],
    },
    {
        arg: "tool",
        allowed: '"Liquibase", with action "Bootstrap"',
        fix: "Leave it out: without this build, your own commands use the users that you created.",
        besides: { ...creating, customCommands: ["./migrate"] },
        refused: ["Custom"],
    },
    {
        arg: "database.clusterResourceId",
        allowed: "the resource id of the cluster, with a user without a credential",
        fix: "Pass an AuroraCluster, or the DbClusterResourceId of an existing cluster.",
        besides: { ...creating, bootstrap: { ...bootstrap, planner: { username: "app_planner" } } },
        refused: [undefined],
    },
    ...["ownerRole", "migrator.username", "planner.username"].map((arg): BadArg => ({
        arg: `bootstrap.${arg}`,
        allowed: "at most 32 characters, with aurora-mysql",
        fix: "Shorten it.",
        besides: { ...creating, database: onMysql },
        refused: ["a".repeat(33)],
    })),
    ...(["extensions", "groupRoles", "applicationUsers", "takeOverFrom"] as const).map((key): BadArg => ({
        arg: `bootstrap.${key}`,
        allowed: '"aurora-postgresql", with such roles',
        fix: "Leave it out: create them as the administrator.",
        besides: { ...creating, database: onMysql },
        refused: [[]],
    })),
];
