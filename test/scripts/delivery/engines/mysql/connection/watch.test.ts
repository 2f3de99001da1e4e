import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import type { Connection } from "mysql2/promise";
import { ConnectionLost } from "../../../../../../scripts/delivery/engines/errors";
import type { Lookout } from "../../../../../../scripts/delivery/engines/mysql/connection/watch";
import { watchSilence } from "../../../../../../scripts/delivery/engines/mysql/connection/watch";
import type { SilenceLimits } from "../../../../../../scripts/delivery/engines/silence";

describe("the watch over MySQL's answers", () => {
    const limits = { doubtMillis: 500, lookMillis: 500, silenceMillis: 1500 } as SilenceLimits;

    for (const method of ["query", "execute"] as const) {
        it(`ends a connection whose server does not answer ${method}`, async () => {
            const stream = Object.assign(new EventEmitter(), {
                destroy: (error: Error) => stream.emit("destroyed", error),
            });
            const never = () => new Promise<never>(() => {});
            const connection = {
                ...{ threadId: 1, connection: { stream }, query: never, execute: never },
                end: () => Promise.resolve(),
                destroy: () => {},
            } as unknown as Connection;
            const silent = { works: () => Promise.reject(new Error("no answer")), close: () => Promise.resolve() };
            watchSilence(connection, limits, { host: "db", port: 1 }, silent as unknown as Lookout);
            const destroyed = new Promise<Error>((resolve) => stream.once("destroyed", resolve));
            // The watch's own timers keep no process alive.
            const patience = setTimeout(() => {}, 60_000);
            void (connection[method] as (sql: string) => Promise<unknown>)("SELECT 1");
            const error = await destroyed;
            clearTimeout(patience);
            stream.emit("close");
            assert.ok(error instanceof ConnectionLost);
            assert.match(error.message, /db:1 has not answered for 1.5 s/);
        });
    }
});
