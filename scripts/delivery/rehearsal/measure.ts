import { keyOf } from "../changesets";
import { connect } from "../database/database";
import type { Settings } from "../input/settings";
import type { Liquibase } from "../liquibase/liquibase";
import type { ChangesetEvent, CommandResult } from "../liquibase/session";
import { type Figures, Watch } from "../locks/watch";

export interface Measurement {
    result: CommandResult;
    /** By the changeset's key. */
    figures: Map<string, Figures>;
}

/** Runs a command of `Rehearsal.java` and looks at the server whenever it asks, and in between. */
export async function measure(
    settings: Settings,
    liquibase: Liquibase,
    command: (onEvent: (event: ChangesetEvent) => void) => Promise<CommandResult>,
    onEvent: (event: ChangesetEvent) => void,
): Promise<Measurement> {
    const connection = await connect(settings, `${settings.releaseId}-watch`);
    const figures = new Map<string, Figures>();
    let failure: { error: unknown } | undefined;
    try {
        const watch = await Watch.start(connection, settings.releaseId);
        const steps = {
            begin: () => watch.begin(),
            look: () => watch.look(),
            end: async (event: ChangesetEvent) => void figures.set(keyOf(event), await watch.end()),
        };
        const answer = async (event: ChangesetEvent, step: keyof typeof steps) => {
            try {
                await steps[step](event);
                liquibase.answer("go");
            } catch (error) {
                // Nobody watches any more: a changeset that runs on would prove nothing.
                failure ??= { error };
                await liquibase.close();
            }
        };
        try {
            const result = await command((event) => {
                if (event.event === "begin" || event.event === "look" || event.event === "end") {
                    void answer(event, event.event);
                } else {
                    onEvent(event);
                }
            });
            return { result, figures };
        } catch (error) {
            throw failure ? failure.error : error;
        } finally {
            watch.stop();
        }
    } finally {
        await connection.end();
    }
}
