import { DbSecret } from "../../../components";
import { database, network } from "../../support/references";
import { databaseArg, kmsKey, logRetention, networkArg, notAGroup, parts, subnets, tags, wholeNumber } from "../given";
import type { Trial } from "../support";

const rotation = { afterDays: 30, network };

export const dbSecretTrial: Trial = {
    component: DbSecret,
    good: () => ({ database, username: "app" }),
    table: [
        databaseArg,
        ...parts("database", ["endpoint", "port", "securityGroupId"], databaseArg.fix),
        {
            arg: "database.engine",
            allowed: '"aurora-postgresql", "aurora-mysql"',
            fix: "DbSecret is for Aurora only.",
            refused: ["postgres", "mysql", 5],
        },
        {
            arg: "username",
            allowed: "the name of a database user",
            fix: "Set it.",
            refused: [undefined, "", 5, null],
        },
        {
            arg: "password",
            allowed: "a text",
            fix: "Leave it out for a random one.",
            refused: ["", 5, null],
            shown: "(hidden)",
        },
        {
            arg: "loginDatabase",
            allowed: "the name of a database",
            fix: "Leave it out for the database itself.",
            refused: ["", 5, null, true],
        },
        kmsKey("kmsKeyArn"),
        {
            arg: "recoveryWindowInDays",
            allowed: "0, or a whole number from 7 to 30 days",
            fix: "0 deletes the secret for good at once.",
            refused: [1, 6, 31, 7.5, -1, "30", null],
        },
        {
            arg: "rotation",
            allowed: "a group of arguments",
            fix: "For example { afterDays: 30, network }.",
            refused: notAGroup,
        },
        networkArg("rotation.network"),
        ...[
            wholeNumber("rotation.afterDays", 1, 90, "days", "To disable rotation, leave it out."),
            logRetention("rotation.logRetentionInDays"),
            subnets("rotation.network.privateSubnetIds", "one subnet id", [undefined, [], "subnet-1"]),
        ].map((row) => ({
            ...row,
            besides: { rotation },
            refused: row.refused.filter((value) => value !== null),
        })),
        tags,
    ].map((row) => (row.arg.startsWith("rotation.") ? { besides: { rotation }, ...row } : row)),
};
