import { startErrors } from "../errors";
import type { HistoryRow } from "../../delivery/history";
import type { LocalEngine } from "./localEngine";
import { mysqlLocally } from "./mysql/locally";
import { postgresLocally } from "./postgresLocally";
import type { DatabaseAccount } from "./provision";
import type { Server } from "./server";

/** By the name in the cluster's inputs. */
const localEngines: Readonly<Record<string, LocalEngine>> = {
    "aurora-postgresql": postgresLocally,
    "aurora-mysql": mysqlLocally,
};

export const localEngineNames = Object.keys(localEngines);

/** By the option `--engine`. */
export const engineOptions: Readonly<Record<string, string>> = {
    postgres: "aurora-postgresql",
    mysql: "aurora-mysql",
};

export function localEngineOf({ engine }: Pick<DatabaseAccount, "engine">): LocalEngine {
    return localEngineNamed(engine ?? "aurora-postgresql");
}

export function localEngineNamed(name: string): LocalEngine {
    if (!Object.hasOwn(localEngines, name)) {
        throw new startErrors.FeaturesUnsupported({
            features: [`the engine "${name}"; it has ${localEngineNames.join(" and ")}`],
        });
    }
    return localEngines[name]!;
}

/** Stops whatever server runs in a directory; false when none does. */
export async function stopServerIn(home: string): Promise<boolean> {
    for (const engine of Object.values(localEngines)) {
        if (await engine.stop(home)) return true;
    }
    return false;
}

/** What the database has run, in order; a database without a history has run nothing. */
export function readHistory(server: Server, database: DatabaseAccount): Promise<HistoryRow[]> {
    return localEngineOf(database).history(server, database);
}
