import { type Client, escapeLiteral } from "pg";
import { longestText } from "../../../tracking";
import type { Settings } from "../../../settings";
import { hangUp } from "../../answers";
import { connect } from "../connection/connection";
import { migrationPath } from "../connection/searchPath";
import { destroy } from "../connection/watch";
import { candidates, type ConcurrentBuild, historyOf, indexesUnder, markOf, noteBegins } from "./indexes";
import type { Keeper } from "./keeper";

/** How often the server looks. A build waits for a look that has begun, so this is also how much longer it may take. */
const lookSeconds = 0.05;

const settingsOfWatch = {
    // It lasts as long as the release.
    statement_timeout: "0",
    // It outlives its client, until the last session of the release has ended.
    client_connection_check_interval: "0",
    client_min_messages: "notice",
};

/** What a watch looks for. */
interface Watched {
    tag: string;
    builds: ConcurrentBuild[];
    /** OIDs of indexes with these names that are not the release's. */
    theirs: string[];
}

/**
 * Notes the indexes that a release builds, by their OIDs: another index of the same name has another one. The server does
 * it, in a session of its own: it goes on with a build for a while after the client has died, which then notes nothing.
 */
export class BuildWatch {
    private constructor(
        private readonly client: Client,
        private readonly pid: number,
        private readonly keeper: Keeper,
        /** Settles when the server has stopped looking; with the error that stopped it. */
        private readonly over: Promise<unknown>,
    ) {}

    /** The server looks from now on. */
    static async start(settings: Settings, keeper: Keeper, watched: Watched): Promise<BuildWatch> {
        // Another name, so that it does not count as a session of the release.
        const client = await connect(settings, `${settings.releaseId}-indexes`, settingsOfWatch);
        try {
            const { rows } = await client.query<{ pid: number; role: string }>(
                "SELECT pg_backend_pid() AS pid, current_user::text AS role",
            );
            const { pid, role } = rows[0]!;
            // What a session runs is shown to its login user only, not to the role that it works as.
            await client.query("SET ROLE NONE");
            const begun = new Promise((resolve) => client.once("notice", resolve));
            const over = client.query(`DO ${escapeLiteral(await program(keeper, settings.releaseId, role, watched))}`);
            await Promise.race([begun, over]);
            return new BuildWatch(
                client,
                pid,
                keeper,
                over.then(
                    () => hangUpOn(client),
                    (error: unknown) => hangUpOn(client).then(() => error),
                ),
            );
        } catch (error) {
            destroy(client);
            throw error;
        }
    }

    /** Calls back when the server has stopped looking, because it went away for example. */
    onceOver(listener: (error: unknown) => void): void {
        void this.over.then(listener);
    }

    async stop(): Promise<void> {
        await this.keeper
            .observe("SELECT pg_terminate_backend($1)", [this.pid])
            .then(() => this.over)
            .catch(() => hangUpOn(this.client));
    }
}

function hangUpOn(client: Client): Promise<void> {
    return hangUp(
        () => client.end(),
        () => destroy(client),
    );
}

/**
 * What the server runs. An index is the release's if it is there while a changeset that builds it is marked as begun (see
 * `noteBuilding`), or while a session of the release runs a concurrent build, or if it appears within a look of the end
 * of the last session; but a second one of the same name is somebody's who has dropped the first. Each look is a
 * transaction of its own: builds wait for those that have begun before them.
 */
async function program(
    keeper: Keeper,
    release: string,
    role: string,
    { tag, builds, theirs }: Watched,
): Promise<string> {
    const { history } = keeper.tracking;
    const { note } = history.holds;
    const table = await historyOf(keeper);
    const path = await keeper.use(migrationPath);
    const row = markOf(keeper, escapeLiteral(tag), escapeLiteral(history.markFile));
    const known = builds.flatMap(({ index, table: built }) => {
        if (index === undefined) return [];
        const where = arrayOf(candidates(built, path));
        return `SELECT oid, ${escapeLiteral(`${index.name} ${where}`)} AS named FROM (${indexesUnder(where, escapeLiteral(index.name))}
            AND x.indexrelid <> ALL (${arrayOf(theirs)}::oid[])) AS existing`;
    });
    return `
DECLARE
    runs boolean := true;
    ran boolean;
    building boolean := false;
    built boolean;
    current_note text;
    noting text;
    noted text[] := '{}';
    noted_names text[] := '{}';
    seen record;
BEGIN
    RAISE NOTICE 'looking for indexes that are built';
    LOOP
        ran := runs;
        built := building;
        SELECT count(*) > 0, coalesce(bool_or(query ~* 'concurrently'), false) INTO runs, building
          FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = ${escapeLiteral(release)}
           AND usename = session_user;
        EXIT WHEN NOT ran AND NOT runs;
        PERFORM set_config('role', ${escapeLiteral(role)}, true);
        current_note := (SELECT history.${note} FROM ${table} AS history WHERE ${row});
        IF current_note IS DISTINCT FROM noting THEN
            -- Another changeset has begun, or another attempt.
            noting := NULL;
            noted := '{}';
            noted_names := '{}';
        END IF;
        IF building OR built OR NOT runs OR starts_with(current_note, ${escapeLiteral(noteBegins)}) THEN
            -- One index for each name: a second one is not what the same attempt builds.
            SELECT array_agg(oid ORDER BY oid) AS oids, array_agg(named) AS names INTO seen
              FROM (${known.join("\nUNION ALL\n")}) AS known WHERE named <> ALL (noted_names);
            IF seen.oids IS NOT NULL THEN
                noted := noted || seen.oids;
                noted_names := noted_names || seen.names;
                -- Limited by the column's length. A truncated note proves nothing.
                noting := left(${escapeLiteral(noteBegins)} || to_jsonb(noted)::text, ${longestText(history, note)});
                UPDATE ${table} SET ${note} = noting WHERE ${row};
            END IF;
        END IF;
        COMMIT;
        PERFORM pg_sleep(${lookSeconds});
    END LOOP;
END`;
}

function arrayOf(texts: string[]): string {
    return `ARRAY[${texts.map((text) => escapeLiteral(text)).join(", ")}]::text[]`;
}
