import { DatabaseProxy } from "../../../components";
import { credential, database, network } from "../../support/references";
import {
    databaseArg,
    kmsKey,
    logRetention,
    networkArg,
    networkFix,
    optionalCredential,
    securityGroups,
    subnets,
    tags,
    wholeNumber,
} from "../given";
import type { Trial } from "../support";

const secrets = "Pass the secrets of the applications' users.";

export const databaseProxyTrial: Trial = {
    component: DatabaseProxy,
    good: () => ({ network, database, credentials: [credential] }),
    table: [
        networkArg("network"),
        { arg: "network.vpcId", allowed: "the id of a VPC", fix: networkFix, refused: [undefined, "", null] },
        subnets("network.isolatedSubnetIds", "two subnet ids", [undefined, [], ["subnet-1"], [1, 2]]),
        databaseArg,
        {
            arg: "database.port",
            allowed: "a whole number from 1 to 65535",
            fix: databaseArg.fix,
            refused: [99_999, 0, 5432.5, "5432"],
        },
        {
            arg: "database.endpoint",
            allowed: "a host name, without a port",
            fix: databaseArg.fix,
            refused: ["x y", "db:5432", 5],
        },
        {
            arg: "database.engine",
            allowed: '"aurora-postgresql", "aurora-mysql"',
            fix: "DatabaseProxy is for Aurora only.",
            refused: ["postgres", 17],
        },
        {
            arg: "credentials",
            allowed: "a list of at least one secret",
            fix: secrets,
            refused: [undefined, null, [], {}, credential.secretArn],
        },
        optionalCredential("credentials[0]"),
        {
            arg: "proxyName",
            allowed: "a letter, then letters, digits and single hyphens, at most 60 characters",
            fix: "Set one if the component's name and the stack's do not form one.",
            refused: ["1shop", "shop_proxy", "shop-", "shop--x", "a".repeat(61), "", 5],
        },
        {
            arg: "iamAuthentication",
            allowed: '"Required", "Disabled"',
            fix: 'Leave it out for "Required".',
            refused: ["REQUIRED", "Enabled", true, "", null],
        },
        wholeNumber("idleTimeoutSeconds", 1, 28_800, "seconds", "Leave it out for 1800."),
        wholeNumber("maxConnectionsPercent", 1, 100, "percent", "Leave it out for 90."),
        ...securityGroups("allowedSecurityGroupIds"),
        logRetention("logRetentionInDays"),
        kmsKey("kmsKeyArn"),
        tags,
    ],
};
