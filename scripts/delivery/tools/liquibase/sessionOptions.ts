import type { Engine } from "../../engines/engine";
import type { Settings } from "../../settings";
import { toolchainClassPath } from "../java/process";
import { dialectText, freshNames, guardVariables, inherited } from "../java/settings";
import type { Changelog } from "./properties";
import type { SessionOptions } from "./session";
import { tracking } from "./tracking";

/**
 * How long a dry run may compute, in seconds of the processor: what a changelog contains, above all a regular expression,
 * can keep Liquibase busy for ever. Measured: ten megabytes take ten seconds, of which this allows six minutes.
 */
export interface PlanBudget {
    seconds: number;
    /** In addition, for each megabyte of the files that Liquibase reads. */
    secondsPerMegabyte: number;
}

export const planBudget: PlanBudget = { seconds: 60, secondsPerMegabyte: 30 };

interface Parts {
    changelog: Changelog;
    engine: Engine;
    /** Path of the changelog that this program writes. */
    own: string;
    lockOwner: string | undefined;
    budget: PlanBudget;
}

/** What Liquibase's Java process is started with. */
export function sessionOptions(
    { toolchain, database, guards, releaseId, allowCode }: Settings,
    { changelog, engine, own, lockOwner, budget }: Parts,
): SessionOptions {
    return {
        classPath: [...toolchainClassPath(toolchain), ...(allowCode ? changelog.jars : [])],
        sources: { allowCode, own, jars: changelog.jars },
        directory: changelog.directory,
        properties: {
            // If a command takes Liquibase's lock itself, LOCKEDBY then shows its owner.
            "liquibase.hostDescription": releaseId,
            ...freshNames,
            "aurorapipeline.planSeconds": String(budget.seconds),
            "aurorapipeline.planSecondsPerMegabyte": String(budget.secondsPerMegabyte),
        },
        environment: {
            ...inherited(),
            LIQUIBASE_COMMAND_USERNAME: database.username,
            JDBC_DIALECT: dialectText(engine, tracking.lock),
            ...guardVariables({ guards }, lockOwner),
        },
    };
}
