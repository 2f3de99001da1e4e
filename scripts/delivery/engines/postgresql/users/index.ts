import type { DatabaseUsers } from "../../users";
import { endedBootstraps, noteBootstrap } from "./completion";
import { makeUsers } from "./make";
import { connectAsAdministrator } from "./session";

export const users: DatabaseUsers = {
    make: makeUsers,
    noteEnd: async (settings, executionId, result) => {
        const client = await connectAsAdministrator(settings);
        try {
            await noteBootstrap(client, executionId, result);
        } finally {
            await client.end();
        }
    },
    ended: endedBootstraps,
};
