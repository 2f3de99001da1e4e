import type { ClientBase } from "pg";
import { type LockTime, lockTimes, type Wait, waitTimes } from "./aggregate";
import { type LockMode, lockModes, type Sample } from "./sample";
import { Sampler } from "./sampler";
import { readRewrites, readTables, type Rewrite, type RowChanges, rowChanges, type Tables } from "./tables";

/** What a changeset did to the server while it ran. */
export interface Figures {
    /** The strongest lock on each table, the strongest first. */
    locks: TableLock[];
    rewrites: Rewrite[];
    rows: RowChanges[];
    waits: Wait[];
    /** Samples that the figures are made from. */
    samples: number;
}

export interface TableLock {
    table: string;
    mode: LockMode;
    /** It was held for at least so long. */
    milliseconds: number;
    /** It was held for at most so long. */
    atMost: number;
    /** The table was there before the release: others may be using it. */
    existedBefore: boolean;
}

/** Measures changeset after changeset: `begin`, any number of `look`s, `end`. */
export class Watch {
    private tables: Tables;

    private constructor(
        private readonly connection: ClientBase,
        private readonly sampler: Sampler,
        private readonly atStart: Tables,
    ) {
        this.tables = atStart;
    }

    /** The connection is the watch's own from here on. */
    static async start(connection: ClientBase, applicationName: string, interval?: number): Promise<Watch> {
        // Sizes are read when nobody changes anything; should somebody, the rehearsal must not hang there.
        await connection.query("SET lock_timeout = '5s'");
        // The release's sessions are those of the user who logged in; from the role that he works as the server hides them.
        await connection.query("SET ROLE NONE");
        const tables = await readTables(connection);
        return new Watch(connection, Sampler.start(connection, applicationName, interval), tables);
    }

    async begin(): Promise<void> {
        await this.sampler.sample();
        this.sampler.collect();
    }

    /** To be called while a transaction is still open: what it holds is seen, however short it was. */
    look(): Promise<void> {
        return this.sampler.sample();
    }

    async end(): Promise<Figures> {
        await this.sampler.sample();
        const samples = this.sampler.collect();
        const before = this.tables;
        this.tables = await readTables(this.connection);
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

/** The strongest lock on each table that anybody knows by name. */
export function tableLocks(samples: Sample[], known: Tables, atStart: Tables): TableLock[] {
    const strongest = new Map<number, LockTime>();
    for (const time of lockTimes(samples)) {
        if (!strongest.has(time.relation)) {
            strongest.set(time.relation, time);
        }
    }
    return [...strongest.values()]
        .flatMap(({ relation, mode, milliseconds, atMost }) => {
            const table = known.get(relation)?.name;
            return table === undefined
                ? []
                : [{ table, mode, milliseconds, atMost, existedBefore: atStart.has(relation) }];
        })
        .sort((one, other) => lockModes.indexOf(other.mode) - lockModes.indexOf(one.mode));
}
