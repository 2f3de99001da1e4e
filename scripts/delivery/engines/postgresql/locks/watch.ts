import type { ClientBase } from "pg";
import { type LockTime, lockTimes, waitTimes } from "./aggregate";
import type { Figures, TableLock } from "../../locks/figures";
import { lockModes, type Sample } from "./sample";
import { Sampler } from "./sampler";
import { readRewrites, readTables, rowChanges, type Tables } from "./tables";

/** Measures changeset after changeset: `begin`, any number of `look`s, `end`. */
export class Watch {
    private tables: Tables;

    private constructor(
        private readonly connection: ClientBase,
        private readonly sampler: Sampler,
        private readonly atStart: Tables,
        private readonly trackingTables: string[],
    ) {
        this.tables = atStart;
    }

    /** Takes ownership of the connection. */
    static async start(
        connection: ClientBase,
        applicationName: string,
        trackingTables: string[],
        interval?: number,
    ): Promise<Watch> {
        // Sizes are read while nothing should be changing; if something is, the rehearsal must not hang there.
        await connection.query("SET lock_timeout = '5s'");
        // The release's sessions belong to the login user; the server hides them from the role that it works as.
        await connection.query("SET ROLE NONE");
        const tables = await readTables(connection, trackingTables);
        return new Watch(connection, Sampler.start(connection, applicationName, interval), tables, trackingTables);
    }

    async begin(): Promise<void> {
        await this.sampler.sample();
        this.sampler.collect();
    }

    /** Call it while a transaction is still open: its locks are seen, however short it was. */
    look(): Promise<void> {
        return this.sampler.sample();
    }

    async end(): Promise<Figures> {
        await this.sampler.sample();
        const samples = this.sampler.collect();
        const before = this.tables;
        this.tables = await readTables(this.connection, this.trackingTables);
        const known = new Map([...this.tables, ...before, ...this.atStart]);
        return {
            locks: tableLocks(samples, known, this.atStart),
            rewrites: await readRewrites(this.connection, before, this.tables),
            rows: rowChanges(before, this.tables),
            waits: waitTimes(samples),
            samples: samples.length,
        };
    }

    stop(): void {
        this.sampler.stop();
    }
}

/** The strongest lock on each known table. */
export function tableLocks(samples: Sample[], known: Tables, atStart: Tables): TableLock[] {
    const strongest = new Map<number, LockTime>();
    for (const time of lockTimes(samples)) {
        if (!strongest.has(time.relation)) {
            strongest.set(time.relation, time);
        }
    }
    return [...strongest.values()]
        .sort((one, other) => lockModes.indexOf(other.mode) - lockModes.indexOf(one.mode))
        .flatMap(({ relation, mode, milliseconds, atMost }) => {
            const table = known.get(relation)?.name;
            return table === undefined
                ? []
                : [{ table, mode, milliseconds, atMost, existedBefore: atStart.has(relation) }];
        });
}
