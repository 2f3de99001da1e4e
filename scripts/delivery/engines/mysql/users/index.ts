import type { DatabaseUsers } from "../../users";
import { endedBootstraps, noteBootstrap } from "./completion";
import { makeUsers } from "./make";
import { connectAsAdministrator } from "./session";

export const users: DatabaseUsers = {
    make: makeUsers,
    noteEnd: async (settings, executionId, result) => {
        const connection = await connectAsAdministrator(settings);
        try {
            await noteBootstrap(connection, settings.database.name, executionId, result);
        } finally {
            await connection.end();
        }
    },
    ended: endedBootstraps,
};
