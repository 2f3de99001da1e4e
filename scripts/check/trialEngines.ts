import { engineName } from "./changelog";
import { CheckDatabase } from "./database";
import { startTrialMysql } from "./mysql";
import { startThrowawayServer } from "./throwaway";
import type { TrialEngine } from "./trial";

/** By the option `--engine`, as of the local run. */
export const trialEngines: Readonly<Record<"postgres" | "mysql", TrialEngine>> = {
    postgres: {
        name: engineName,
        label: "PostgreSQL",
        defaultSchema: "public",
        sample: "migrations",
        start: async () => {
            const server = await startThrowawayServer();
            return {
                server: server.server,
                create: (asAdministrator) => CheckDatabase.create(server, asAdministrator),
                dispose: () => server.dispose(),
            };
        },
    },
    mysql: {
        name: "aurora-mysql",
        label: "MySQL",
        defaultSchema: "app",
        sample: "migrations/mysql",
        start: startTrialMysql,
    },
};
