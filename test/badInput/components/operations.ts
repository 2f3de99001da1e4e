import { Operations } from "../../../components";
import { credential, database } from "../../support/references";
import {
    build,
    databaseArg,
    emails,
    flag,
    kmsKey,
    notAGroup,
    optionalCredential,
    parts,
    reference,
    tags,
    wholeNumber,
} from "../given";
import type { BadArg, Trial } from "../support";

const pipeline = {
    pipelineName: "orders",
    pipelineArn: "arn:aws:codepipeline:eu-central-1:123456789012:orders",
};
const threshold = (name: string, min: number, max: number, unit: string, preset: number): BadArg => ({
    ...wholeNumber(`thresholds.${name}`, min, max, unit, `Leave it out for ${preset}.`),
});

export const operationsTrial: Trial = {
    component: Operations,
    good: () => ({ pipeline, builds: { deploy: build }, database }),
    table: [
        reference("pipeline", "a DbPipeline, or what it has", "Pass a DbPipeline."),
        ...parts("pipeline", ["pipelineName", "pipelineArn"], "Pass a DbPipeline."),
        reference("builds", "builds, one of them deploy", "For example { plan, deploy, rollback }."),
        {
            arg: "drift",
            allowed: "a MigrationBuild, or what it has",
            fix: "Pass a MigrationBuild.",
            refused: notAGroup,
        },
        databaseArg,
        {
            arg: "credentials",
            allowed: "a group of arguments",
            fix: "For example { administrator: secret }.",
            refused: notAGroup,
        },
        {
            arg: "credentials",
            allowed: "names of 1 to 32 lower-case letters, digits and hyphens",
            fix: "For example { administrator: secret }.",
            refused: [{ Administrator: credential }],
            shown: '"Administrator"',
        },
        optionalCredential("credentials.administrator"),
        ...emails("notificationEmails"),
        {
            arg: "chatChannelArn",
            allowed: "the ARN of a channel (arn:aws:chatbot::<account>:chat-configuration/slack-channel/<name>)",
            fix: "Configure the channel in Amazon Q Developer in chat applications first.",
            refused: ["#oncall", "arn:aws:sns:eu-central-1:123456789012:oncall", "", 5, null],
        },
        ...["notifySuccess", "alarms", "databaseEvents", "dashboard"].map(flag),
        {
            arg: "thresholds",
            allowed: "a group of arguments",
            fix: "For example { cpuPercent: 80 }.",
            refused: notAGroup,
        },
        {
            arg: "thresholds",
            allowed: "nothing while alarms is false",
            fix: "Leave it out, or leave alarms out.",
            besides: { alarms: false },
            refused: [{ cpuPercent: 80 }],
        },
        threshold("capacityPercent", 1, 100, "percent", 90),
        threshold("cpuPercent", 1, 100, "percent", 90),
        threshold("freeMemoryMiB", 1, 1_048_576, "MiB", 256),
        threshold("connections", 1, 16_000, "connections", 300),
        threshold("replicaLagMilliseconds", 1, 3_600_000, "milliseconds", 2000),
        threshold("deadlocksPerMinute", 0, 10_000, "a minute", 0),
        threshold("buildMinutes", 1, 2160, "minutes", 30),
        {
            arg: "backup",
            allowed: "a group of arguments",
            fix: "For example { retentionInDays: 35 }.",
            refused: notAGroup,
        },
        wholeNumber("backup.retentionInDays", 1, 3650, "days", "Leave it out for 35."),
        {
            arg: "backup.schedule",
            allowed: "a schedule such as cron(0 5 * * ? *) or rate(12 hours)",
            fix: "Leave it out for every day at 5 o'clock UTC.",
            refused: ["daily", "0 5 * * *", "cron(5)", "", 5, null],
        },
        wholeNumber("backup.lockFinalAfterDays", 3, 36_500, "days", "Leave it out for a lock that can be removed."),
        kmsKey("kmsKeyArn"),
        tags,
    ],
};
